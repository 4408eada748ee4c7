//! Personnel records against the others that are there: who has a name already, who holds the office, who left.
//!
//! Invariant: many records at once are judged together, each as if those before it in the same file were written.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::links::LOGINS;
use crate::ids::{AppointmentId, AuthorizationId, Id, PersonId, UserId};
use crate::organizations::OrganizationProfile;
use crate::personnel::model::{Appointment, Authorization, Person};
use crate::personnel::rules::entering::{self, Taken};
use crate::register::{Draft, records};
use crate::storage::{Audited, Result, Snapshot};
use crate::vocabulary::{Date, MonthMode};

/// Today in the organization's calendar, and how it counts months.
pub async fn calendar(at: &mut Snapshot) -> Result<(Date, MonthMode)> {
    let (id, now) = (at.organization(), at.now());
    let profile = at.find::<OrganizationProfile>(id).await?;
    let found = profile.map(|profile| (profile.zone().day(now), profile.month_mode));
    Ok(found.unwrap_or((Date::EPOCH, MonthMode::EndOfMonth)))
}

/// Records of these ids, by id.
pub async fn by_id<T: Audited>(at: &mut Snapshot, wanted: impl Iterator<Item = T::Id>) -> Result<BTreeMap<Uuid, T>> {
    let ids: Vec<Uuid> = wanted.map(Id::uuid).collect::<BTreeSet<_>>().into_iter().collect();
    let found = records::by_ids::<T>(at, &ids).await?;
    Ok(found.into_iter().map(|kept| (kept.id.uuid(), kept.content)).collect())
}

/// One person has a name to sign in by, and one person is a user; days lie in the past.
pub(super) async fn people(at: &mut Snapshot, people: &[(Option<PersonId>, &Person)]) -> Result<Vec<Draft>> {
    let (today, _) = calendar(at).await?;
    let (mut logins, mut users) = (logins(at, people).await?, users(at, people).await?);
    let weighed = people.iter().map(|(id, person)| {
        let mut draft = Draft::default();
        for login in &person.logins {
            if let Some(other) = logins.take(login, *id, &person.reference) {
                let problem = format!("{other} signs in with it; a name belongs to one person");
                draft.refuse("logins", login, problem);
            }
        }
        if let Some(user) = &person.user
            && let Some(other) = users.take(&user.user.uuid(), *id, &person.reference)
        {
            draft.refuse("user", &user.login, format!("{other} is linked to it; a user is one person"));
        }
        let done = person.trained.iter().map(|day| ("trained", Some(*day)));
        let done = done.chain(person.assessed.iter().map(|day| ("assessed", Some(*day))));
        let days: Vec<_> = done.chain([("verified_on", person.verified_on)]).collect();
        entering::not_in_future(&days, today, &mut draft);
        draft
    });
    Ok(weighed.collect())
}

/// Who signs in by the names these people would have.
async fn logins(at: &mut Snapshot, people: &[(Option<PersonId>, &Person)]) -> Result<Taken<String>> {
    let wanted: Vec<String> = people.iter().flat_map(|(_, person)| person.logins.iter().cloned()).collect();
    let mut found: Vec<(Uuid, String)> = Vec::new();
    for some in wanted.chunks(500) {
        let mut statement = at.projected(&LOGINS, "v.person_id, v.login", &among("v.login", some.len()));
        for login in some {
            statement = statement.bind(login.clone());
        }
        found.extend(statement.all::<(Uuid, String)>().await?);
    }
    taken(at, found).await
}

/// Who is linked to the users these people would be.
async fn users(at: &mut Snapshot, people: &[(Option<PersonId>, &Person)]) -> Result<Taken<Uuid>> {
    let wanted: Vec<UserId> = people.iter().filter_map(|(_, person)| Some(person.user.as_ref()?.user)).collect();
    let mut found: Vec<(Uuid, Uuid)> = Vec::new();
    for some in wanted.chunks(500) {
        let mut statement = at.projected(&Person::TABLE, "v.id, v.user_id", &among("v.user_id", some.len()));
        for user in some {
            statement = statement.bind(*user);
        }
        found.extend(statement.all::<(Uuid, Uuid)>().await?);
    }
    taken(at, found).await
}

async fn taken<V: Ord + Clone>(at: &mut Snapshot, found: Vec<(Uuid, V)>) -> Result<Taken<V>> {
    let owners = by_id::<Person>(at, found.iter().map(|(id, _)| PersonId::from_uuid(*id))).await?;
    let mut taken = Taken::default();
    for (id, value) in found {
        if let Some(owner) = owners.get(&id) {
            taken.keep(value, PersonId::from_uuid(id), &owner.reference);
        }
    }
    Ok(taken)
}

/// One CIP Senior Manager at a time, delegations by the one in office, and nobody appointed who left.
pub(super) async fn appointments(
    at: &mut Snapshot,
    appointments: &[(Option<AppointmentId>, &Appointment)],
) -> Result<Vec<Draft>> {
    let (today, _) = calendar(at).await?;
    let replaced: BTreeSet<AppointmentId> = appointments.iter().filter_map(|(id, _)| *id).collect();
    let others: Vec<Appointment> = at
        .every::<Appointment>()
        .await?
        .into_iter()
        .filter(|kept| !replaced.contains(&kept.id))
        .map(|kept| kept.content)
        .collect();
    let people = by_id::<Person>(at, appointments.iter().filter_map(|(_, one)| one.person)).await?;
    let weighed = appointments.iter().enumerate().map(|(n, (_, appointment))| {
        let mut draft = Draft::default();
        let beside = appointments.iter().enumerate().filter(move |(m, _)| *m != n).map(|(_, (_, other))| *other);
        entering::weigh_appointment(appointment, others.iter().chain(beside), &mut draft);
        entering::not_in_future(&[("documented_on", appointment.documented_on)], today, &mut draft);
        let person = appointment.person.and_then(|person| people.get(&person.uuid()));
        if let Some(left) = person.and_then(|person| person.retired_on)
            && appointment.retired_on.is_none()
            && appointment.until.is_none_or(|until| until > left)
        {
            draft.refuse("person", "", format!("retired since {left}; the appointment cannot last longer"));
        }
        draft
    });
    Ok(weighed.collect())
}

/// Nothing is changed about access that is there, and nobody is authorized who left.
pub(super) async fn authorizations(
    at: &mut Snapshot,
    authorizations: &[(Option<AuthorizationId>, &Authorization)],
) -> Result<Vec<Draft>> {
    let (today, _) = calendar(at).await?;
    let before = by_id::<Authorization>(at, authorizations.iter().filter_map(|(id, _)| *id)).await?;
    let people = by_id::<Person>(at, authorizations.iter().filter_map(|(_, one)| one.person)).await?;
    let weighed = authorizations.iter().map(|(id, authorization)| {
        let mut draft = Draft::default();
        let before = id.and_then(|id| before.get(&id.uuid()));
        let person = authorization.person.and_then(|person| people.get(&person.uuid()));
        entering::weigh_authorization(authorization, before, person, today, &mut draft);
        draft
    });
    Ok(weighed.collect())
}

fn among(column: &'static str, count: usize) -> String {
    let numbers: Vec<String> = (3..count + 3).map(|number| format!("${number}")).collect();
    format!(" AND {column} IN ({})", numbers.join(", "))
}
