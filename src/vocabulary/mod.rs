//! Shared value types without I/O: the words every slice speaks.
//!
//! Invariant: nothing here knows a database, a clock or a page.

pub mod cadence;
pub mod cidr;
pub mod date;
pub mod due;
pub mod end;
pub mod endpoint;
pub mod fold;
pub mod impact;
pub mod level;
pub mod moment;
pub mod month_mode;
pub mod origin;
pub mod reference;
pub mod security_level;
pub mod time_zone;
pub mod words;

pub use cadence::{Cadence, CadenceMode, CadenceRule};
pub use cidr::{AddressPrefix, Subnet};
pub use date::Date;
pub use endpoint::{Endpoint, Ports};
pub use impact::Impact;
pub use level::PurdueLevel;
pub use moment::Moment;
pub use month_mode::MonthMode;
pub use origin::Origin;
pub use reference::Reference;
pub use security_level::SecurityLevels;
pub use time_zone::TimeZone;
