//! The events function under the Lambda runtime.

use aws_lambda_events::event::dynamodb::Event;
use koeba_events::{Delivery, DeliverySettings};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    koeba_edge::begin_log();
    let settings = DeliverySettings::read(|name| std::env::var(name).ok())?;
    let delivery = Delivery::new(&koeba_edge::aws::load().await, settings);
    let delivery = &delivery;
    run(service_fn(async |event: LambdaEvent<Event>| {
        Ok::<_, Error>(delivery.handle(event.payload).await)
    }))
    .await
}
