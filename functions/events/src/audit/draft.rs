//! What a change means, before it is known whose log it goes into.

use koeba_domain::{AuditChange, AuditEvent, AuditOutcome, AuditSubject, Moment, UserId};
use koeba_storage::{Image, TableChange};

/// What is to be said of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    action: &'static str,
    outcome: AuditOutcome,
    subject: AuditSubject,
    changes: Vec<AuditChange>,
    actor: Option<UserId>,
    /// What may be told only once, where one thing makes several records.
    pub(crate) once: Option<String>,
}

impl Draft {
    /// `action` was done to `kind` `id`.
    pub(crate) fn new(action: &'static str, kind: &str, id: impl Into<String>) -> Self {
        Self {
            action,
            outcome: AuditOutcome::Done,
            subject: AuditSubject {
                kind: kind.to_owned(),
                id: id.into(),
            },
            changes: Vec::new(),
            actor: None,
            once: None,
        }
    }

    pub(crate) fn refused(self) -> Self {
        let outcome = AuditOutcome::Refused;
        Self { outcome, ..self }
    }

    /// Done by somebody whom the trace does not know yet.
    pub(crate) fn by(self, actor: UserId) -> Self {
        let actor = Some(actor);
        Self { actor, ..self }
    }

    pub(crate) fn once(self, name: String) -> Self {
        let once = Some(name);
        Self { once, ..self }
    }

    pub(crate) fn with(
        mut self,
        field: &str,
        before: Option<String>,
        after: Option<String>,
    ) -> Self {
        if before != after {
            self.changes.push(AuditChange {
                field: field.to_owned(),
                before,
                after,
            });
        }
        self
    }

    /// The attributes of `fields` that differ. Only what is named here is ever told.
    pub(crate) fn showing(self, change: &TableChange, fields: &[&str]) -> Self {
        fields.iter().fold(self, |draft, field| {
            let of = |image: &Option<Image>| image.as_ref().and_then(|image| image.text(field));
            draft.with(field, of(&change.before), of(&change.after))
        })
    }

    /// The event, with who, from where and when as far as the change says so.
    pub(crate) fn event(self, change: &TableChange, recorded_at: Moment) -> AuditEvent {
        let trace = change.trace.as_ref();
        AuditEvent {
            at: trace.map_or(recorded_at, |trace| trace.at),
            action: self.action.to_owned(),
            outcome: self.outcome,
            actor: self.actor.or(trace.and_then(|trace| trace.actor)),
            subject: Some(self.subject),
            network: trace.and_then(|trace| trace.network.clone()),
            request: trace.map(|trace| trace.request.clone()),
            changes: self.changes,
        }
    }
}

/// Whether an attribute is not what it was, in an item that was there before.
pub(crate) fn differs(change: &TableChange, field: &str) -> bool {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => before.text(field) != after.text(field),
        _ => false,
    }
}

/// Whether the item is new.
pub(crate) const fn is_new(change: &TableChange) -> bool {
    change.before.is_none() && change.after.is_some()
}

/// Whether the item was removed.
pub(crate) const fn is_gone(change: &TableChange) -> bool {
    change.after.is_none()
}

/// An attribute of the item as it is now.
pub(crate) fn now(change: &TableChange, field: &str) -> Option<String> {
    change.after.as_ref()?.text(field)
}
