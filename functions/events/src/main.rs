//! The events function under the Lambda runtime: called with the table's stream, and by a schedule
//! every hour for what is owed by the calendar, and by rules with what the account's guards found.

use koeba_events::{Delivery, DeliverySettings};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    koeba_edge::begin_log();
    let settings = DeliverySettings::read(|name| std::env::var(name).ok())?;
    let delivery = Delivery::new(&koeba_edge::aws::load().await, settings);
    let delivery = &delivery;
    // Boxed: the future of an SDK call is deeper than a caller's own types should have to be.
    run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Error>(Box::pin(delivery.answer(event.payload)).await?)
    }))
    .await
}
