//! A record of the table's stream, read as what it says about an item.

use koeba_domain::{Moment, UserId};
use serde_dynamo::{AttributeValue, Item};

use crate::access::millis;
use crate::keys::{Key, PK, SK};
use crate::kinds::{self, Owner};
use crate::transaction::TRACE;

/// A change of one item.
#[derive(Clone, Debug)]
pub struct TableChange {
    /// The kind of item: its `Stored::KIND`.
    pub kind: &'static str,
    /// Whose it is.
    pub owner: Owner,
    /// What the sort key says beyond the kind, mostly an identifier.
    pub name: String,
    /// The item before; none for a new one.
    pub before: Option<Image>,
    /// The item after; none for one that somebody removed.
    pub after: Option<Image>,
    /// Who changed it, if a request did.
    pub trace: Option<RecordedTrace>,
}

/// In which request an item was changed, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTrace {
    /// Who.
    pub actor: Option<UserId>,
    /// From where.
    pub network: Option<String>,
    /// In which request.
    pub request: String,
    /// When.
    pub at: Moment,
}

/// A record has a key that nothing of ours has, or lacks what a record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stream record is of no kind that is known")]
pub struct UnknownRecord;

impl TableChange {
    /// Reads a record. That an item went is told by its tombstone; the record of the going itself
    /// names nobody, may be the end of its time to live, and reads as `None`.
    ///
    /// # Errors
    /// [`UnknownRecord`] when it cannot be told what the record is about.
    pub fn read(
        event_name: &str,
        keys: &Item,
        old: &Item,
        new: &Item,
    ) -> Result<Option<Self>, UnknownRecord> {
        if event_name == "REMOVE" {
            return Ok(None);
        }
        let new = Image::of(new).ok_or(UnknownRecord)?;
        let old = Image::of(old);
        let key = key(keys).ok_or(UnknownRecord)?;
        let trace = new.trace().filter(|trace| {
            let before = old.as_ref().and_then(Image::trace);
            before.is_none_or(|before| before != *trace)
        });
        let (kind, owner, name) = kinds::at(&key).ok_or(UnknownRecord)?;
        if kind != "tombstone" {
            return Ok(Some(Self {
                kind,
                owner,
                name: name.to_owned(),
                before: old,
                after: Some(new),
                trace,
            }));
        }
        let gone = Key {
            pk: new.text("gone.pk").ok_or(UnknownRecord)?,
            sk: new.text("gone.sk").ok_or(UnknownRecord)?,
        };
        let (kind, owner, name) = kinds::at(&gone).ok_or(UnknownRecord)?;
        Ok(Some(Self {
            kind,
            owner,
            name: name.to_owned(),
            before: None,
            after: None,
            trace,
        }))
    }
}

/// The attributes of an item at some moment.
#[derive(Clone, Debug)]
pub struct Image(Item);

impl Image {
    fn of(item: &Item) -> Option<Self> {
        item.contains_key(PK).then(|| Self(item.clone()))
    }

    /// An attribute as text: numbers and truth values in digits and words, the members of a list
    /// joined by commas. Dots lead into maps.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        let mut parts = path.split('.');
        let mut value = self.0.get(parts.next()?)?;
        for part in parts {
            let AttributeValue::M(map) = value else {
                return None;
            };
            value = map.get(part)?;
        }
        plain(value)
    }

    /// Every value inside a map, with its path from the map on, in order.
    #[must_use]
    pub fn leaves(&self, map: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if let Some(value) = self.0.get(map) {
            collect(value, "", &mut found);
        }
        found.sort();
        found
    }

    fn trace(&self) -> Option<RecordedTrace> {
        let at = self.text("trace.at")?.parse().ok()?;
        Some(RecordedTrace {
            actor: self.text("trace.by").and_then(|by| by.parse().ok()),
            network: self.text("trace.from"),
            request: self.text(&format!("{TRACE}.request"))?,
            at: millis::read(at)?,
        })
    }
}

fn key(keys: &Item) -> Option<Key> {
    let text = |name| match keys.get(name) {
        Some(AttributeValue::S(text)) => Some(text.clone()),
        _ => None,
    };
    Some(Key {
        pk: text(PK)?,
        sk: text(SK)?,
    })
}

fn plain(value: &AttributeValue) -> Option<String> {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => Some(text.clone()),
        AttributeValue::Bool(flag) => Some(flag.to_string()),
        AttributeValue::L(list) => {
            let members: Vec<String> = list.iter().filter_map(plain).collect();
            Some(members.join(", "))
        }
        _ => None,
    }
}

fn collect(value: &AttributeValue, path: &str, found: &mut Vec<(String, String)>) {
    if let AttributeValue::M(map) = value {
        for (name, value) in map {
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            collect(value, &path, found);
        }
    } else if let Some(text) = plain(value) {
        found.push((path.to_owned(), text));
    }
}
