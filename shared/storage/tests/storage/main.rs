//! The store against the embedded DynamoDB, which enforces the checked-in policies.

mod accounts;
mod faults;
mod findings;
mod invitations;
mod isolation;
mod limits;
mod members;
mod outbox;
mod profiles;
mod rooms;
mod traces;
mod workspaces;
mod world;
