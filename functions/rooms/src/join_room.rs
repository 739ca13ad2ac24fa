//! Lets a member into a room: a token that names them, the room and what they may do there.

use koeba_access_token::{DtlsFloor, JoinClaims, TokenKey, mint_join};
use koeba_domain::{Policy, RoomId, WorkspaceScope};
use koeba_edge::{Context, Problem, Slug};
use time::Duration;

use crate::views::JoinView;

/// Long enough to connect with, too short to be worth stealing.
const LIFETIME: Duration = Duration::minutes(1);

pub(crate) async fn join(
    context: &Context,
    scope: &WorkspaceScope,
    policy: &Policy,
    room: RoomId,
) -> Result<JoinView, Problem> {
    let table = context.table.workspace(scope);
    let room = table.room(room).await?.ok_or(Slug::NotFound)?;
    let member = table.member(scope.user()).await?.ok_or(Slug::NotFound)?;
    let now = context.clock.now();
    let expires_at = now + LIFETIME;
    let claims = JoinClaims {
        name: member.display_name.to_string(),
        dtls: match policy.dtls_floor {
            koeba_domain::DtlsFloor::Dtls12 => DtlsFloor::V1_2,
            koeba_domain::DtlsFloor::Dtls13 => DtlsFloor::V1_3,
        },
        networks: policy.allowed_networks.clone(),
        ..JoinClaims::new(
            scope.workspace().to_string(),
            room.id.to_string(),
            scope.user().to_string(),
            expires_at,
        )
    };
    let key = &context.settings.token_key;
    let key = TokenKey::new(&key.id, key.secret.expose());
    Ok(JoinView {
        url: context.settings.media_url.clone(),
        token: mint_join(&key, &claims, now),
        expires_at,
        identity: claims.identity,
    })
}
