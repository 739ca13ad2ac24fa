//! Faults that a test orders: DynamoDB being busy, or in the middle of somebody else's transaction.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use crate::aws_error::AwsError;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `ThrottlingException`.
    Throttling,
    /// `ProvisionedThroughputExceededException`.
    ThroughputExceeded,
    /// `TransactionConflictException`, which a transaction reports as a cancellation reason.
    TransactionConflict,
    /// `InternalServerError`.
    InternalError,
}

/// The faults that are still to happen. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<VecDeque<Ordered>>>);

#[derive(Debug)]
struct Ordered {
    operation: Option<String>,
    fault: Fault,
}

impl Faults {
    /// Makes the next `count` DynamoDB calls fail.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.order(count, None, fault);
    }

    /// Makes the next `count` calls of one operation fail, such as `TransactWriteItems`.
    pub fn fail_next_of(&self, operation: &str, count: usize, fault: Fault) {
        self.order(count, Some(operation), fault);
    }

    fn order(&self, count: usize, operation: Option<&str>, fault: Fault) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.extend((0..count).map(|_| Ordered {
            operation: operation.map(str::to_owned),
            fault,
        }));
    }

    pub(crate) fn take(&self, operation: &str) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = faults.iter().position(|ordered| {
            ordered
                .operation
                .as_deref()
                .is_none_or(|only| only == operation)
        })?;
        faults.remove(place).map(|ordered| ordered.fault)
    }
}

impl Fault {
    pub(crate) fn error(self) -> AwsError {
        match self {
            Self::Throttling => AwsError::bad("ThrottlingException", "Rate exceeded"),
            Self::ThroughputExceeded => AwsError::bad(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded.",
            ),
            Self::TransactionConflict => AwsError::bad(
                "TransactionConflictException",
                "Transaction is ongoing for the item",
            ),
            Self::InternalError => AwsError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "Internal server error",
            ),
        }
    }
}
