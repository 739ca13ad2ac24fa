//! What calls of the services cost, for those who measure.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

/// One call, and what it would cost on demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Such as `GetItem`, or `AssumeRole`.
    pub operation: String,
    /// Read units, of DynamoDB's on-demand kind.
    pub read_units: f64,
    /// Write units, of the same.
    pub write_units: f64,
}

/// Notes every call while somebody measures. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Option<Vec<Call>>>>);

impl Meter {
    /// Begins to note calls; what was noted before is forgotten.
    pub fn begin(&self) {
        *self.notes() = Some(Vec::new());
    }

    /// What was called since the beginning, or since this was last asked.
    #[must_use]
    pub fn take(&self) -> Vec<Call> {
        match &mut *self.notes() {
            Some(calls) => std::mem::take(calls),
            None => Vec::new(),
        }
    }

    /// Ends noting calls; answers those not yet taken.
    pub fn end(&self) -> Vec<Call> {
        self.notes().take().unwrap_or_default()
    }

    pub(crate) fn runs(&self) -> bool {
        self.notes().is_some()
    }

    /// Notes a call that has no price in units.
    pub(crate) fn note(&self, operation: &str) {
        self.add(operation, 0.0, 0.0);
    }

    /// Notes a call of DynamoDB by its answer, which [`asking`] made tell what it consumed.
    pub(crate) fn note_answer(&self, operation: &str, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let consumed = match &answer["ConsumedCapacity"] {
            Value::Array(tables) => tables.iter().map(units).sum(),
            one => units(one),
        };
        if matches!(operation, "GetItem" | "BatchGetItem" | "Query") {
            self.add(operation, consumed, 0.0);
        } else {
            // A write whose condition does not hold answers no figure and costs one unit.
            self.add(operation, 0.0, if consumed > 0.0 { consumed } else { 1.0 });
        }
    }

    fn add(&self, operation: &str, read_units: f64, write_units: f64) {
        if let Some(calls) = &mut *self.notes() {
            calls.push(Call {
                operation: operation.to_owned(),
                read_units,
                write_units,
            });
        }
    }

    fn notes(&self) -> MutexGuard<'_, Option<Vec<Call>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn units(capacity: &Value) -> f64 {
    capacity["CapacityUnits"].as_f64().unwrap_or(0.0)
}

/// The same request, asking to be told what it consumes.
pub(crate) fn asking(body: &[u8]) -> Option<Vec<u8>> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    request
        .as_object_mut()?
        .insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
    serde_json::to_vec(&request).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_noted_unless_somebody_measures() {
        let meter = Meter::default();
        meter.note("AssumeRole");
        assert!(meter.take().is_empty());
        meter.begin();
        meter.note("AssumeRole");
        meter.note_answer("GetItem", br#"{"ConsumedCapacity":{"CapacityUnits":0.5}}"#);
        meter.note_answer("PutItem", b"{}");
        let units: Vec<_> = meter
            .end()
            .iter()
            .map(|call| (call.read_units, call.write_units))
            .collect();
        assert_eq!(units, [(0.0, 0.0), (0.5, 0.0), (0.0, 1.0)]);
        assert!(!meter.runs());
    }
}
