//! Cursors: where a list goes on, sealed so that a client can neither read nor make one.
//!
//! A cursor carries a sort key and nothing else; the workspace and the list are bound into the
//! seal, so a cursor of another list or workspace does not open.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use koeba_domain::WorkspaceId;
use sha2::{Digest, Sha256};

use crate::keys::Listing;
use crate::{Result, StorageError};

const NONCE_LEN: usize = 24;

/// Seals and opens cursors.
#[derive(Clone)]
pub(crate) struct CursorSeal {
    cipher: XChaCha20Poly1305,
    nonce_key: [u8; 32],
}

impl CursorSeal {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // Two keys from one, so that the nonce's hash says nothing about the cipher's key.
        let derive = |purpose: &[u8]| -> [u8; 32] {
            Sha256::new()
                .chain_update(purpose)
                .chain_update(key)
                .finalize()
                .into()
        };
        Self {
            cipher: XChaCha20Poly1305::new(&derive(b"koeba cursor cipher").into()),
            nonce_key: derive(b"koeba cursor nonce"),
        }
    }

    /// Seals the place after `sort_key`.
    pub(crate) fn seal(&self, workspace: WorkspaceId, listing: Listing, sort_key: &str) -> String {
        let bound = binding(workspace, listing);
        // A nonce made from the message repeats only for the same message, which then gives the
        // same cursor: nothing is learnt, and the store needs no randomness.
        let digest = Sha256::new()
            .chain_update(self.nonce_key)
            .chain_update(&bound)
            .chain_update([0])
            .chain_update(sort_key)
            .finalize();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&digest[..NONCE_LEN]);
        let payload = Payload {
            msg: sort_key.as_bytes(),
            aad: bound.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a sort key is shorter than the cipher's limit");
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a cursor that [`Self::seal`] made for the same workspace and list.
    pub(crate) fn open(
        &self,
        workspace: WorkspaceId,
        listing: Listing,
        cursor: &str,
    ) -> Result<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| StorageError::BadCursor)?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(StorageError::BadCursor)?;
        let bound = binding(workspace, listing);
        let payload = Payload {
            msg: sealed,
            aad: bound.as_bytes(),
        };
        let opened = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| StorageError::BadCursor)?;
        String::from_utf8(opened).map_err(|_| StorageError::BadCursor)
    }
}

fn binding(workspace: WorkspaceId, listing: Listing) -> String {
    format!("{workspace}/{}", listing.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal() -> CursorSeal {
        CursorSeal::new(&[3; 32])
    }

    fn workspace(byte: u8) -> WorkspaceId {
        WorkspaceId::from_random([byte; 16])
    }

    /// Check sheet: WA-01-02.
    #[test]
    fn a_cursor_opens_for_its_own_list_and_for_no_other() {
        let cursor = seal().seal(workspace(1), Listing::Rooms, "ROOM#1");
        let open = |seal: CursorSeal, of, listing| seal.open(of, listing, &cursor);
        assert_eq!(
            open(seal(), workspace(1), Listing::Rooms),
            Ok("ROOM#1".to_owned())
        );
        for wrong in [
            open(seal(), workspace(2), Listing::Rooms),
            open(seal(), workspace(1), Listing::Members),
            open(CursorSeal::new(&[4; 32]), workspace(1), Listing::Rooms),
        ] {
            assert_eq!(wrong, Err(StorageError::BadCursor));
        }
    }

    proptest! {
        #[test]
        fn no_text_of_a_client_s_own_opens(text in "\\PC{0,80}") {
            prop_assert_eq!(
                seal().open(workspace(1), Listing::Rooms, &text),
                Err(StorageError::BadCursor)
            );
        }

        #[test]
        fn an_edited_cursor_does_not_open(at in 0_usize..62, to in "[A-Za-z0-9_-]") {
            let cursor = seal().seal(workspace(1), Listing::Rooms, "ROOM#1");
            let mut edited = cursor.clone();
            edited.replace_range(at..=at, &to);
            if edited != cursor {
                prop_assert!(seal().open(workspace(1), Listing::Rooms, &edited).is_err());
            }
        }
    }
}
