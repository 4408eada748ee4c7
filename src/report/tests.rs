//! What a report's files hold.
