//! Assets: the OT inventory. Devices, their interfaces, and the services they offer.
//!
//! Invariant: impact is derived from the systems an asset serves and the ESP it lives in; nobody types it.

mod interfaces;
mod inventory;
mod layouts;
pub mod model;
pub mod pages;
pub mod records;
pub mod rules;
mod services;
pub mod standing;
pub mod verifying;

pub use model::{Asset, AssetKind, Category, Interface, Lifecycle, Role, Service, Transport};
