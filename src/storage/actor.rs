//! Who does something: the actor of a change, as the journal names it.
//!
//! Invariant: no secret and no plain address; the address is a salted commitment made where the salt is kept.

use serde::Serialize;

crate::words! {
    /// What kind of actor it is.
    ActorKind {
        User = "user", "Person";
        Token = "token", "API token";
        Host = "host", "Host command";
        Job = "job", "Glance itself";
    }
}

/// The actor of a change. Field names and their meaning are part of the leaf format.
#[derive(Clone, Debug, Serialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// A user id, a token id, `host:<os user>`, or the name of a job.
    pub id: String,
    /// The public id of the sign-in session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Authentication methods of the session, as in RFC 8176: `pwd`, `otp`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// `sha256:` commitment to the address, salted with the session's salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
}

impl Actor {
    /// A command run on the host by this operating-system user.
    #[must_use]
    pub fn host(os_user: &str) -> Self {
        Self { kind: ActorKind::Host, id: format!("host:{os_user}"), sid: None, amr: Vec::new(), ip: None }
    }

    /// Work Glance does by itself.
    #[must_use]
    pub fn job(name: &str) -> Self {
        Self { kind: ActorKind::Job, id: format!("job:{name}"), sid: None, amr: Vec::new(), ip: None }
    }

    /// The form kept beside a version: `user:<id>`, `token:<id>`, `host:<os user>`, `job:<name>`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.kind {
            ActorKind::User | ActorKind::Token => format!("{}:{}", self.kind.word(), self.id),
            ActorKind::Host | ActorKind::Job => self.id.clone(),
        }
    }
}
