//! The macro that describes the fields of a record: one line a field, its reading and writing derived from its type.
//!
//! Invariant: a field's name on the wire is the name of the record's own field.

/// Describes the fields of a record, in groups. Each line says: name, type, label, help.
///
/// Types: `reference`, `line(most)`, `prose`, `mac`, `choice(Vocabulary)`, `choices(Vocabulary)`, `date`, `flag`, `number(most)`,
/// `lines(most)`, `list(Type)`, `choice_of(Type)`, `moment`, `link(Id, "kind")`, `links(Id, "kind")`, `member` for a person who
/// serves the organization, `levels` for a vector of security levels, and `shown(reading)`, `shown_in(reading)` for one told in the
/// lookup's zone, `computed(Vocabulary, reading)` for a word that follows from the record and the lookup's day, `reckoned(Vocabulary,
/// reading)` for one that follows from more of the lookup, such as how months are counted, and `state(Vocabulary)` for what only an
/// act of its own changes; `days` for dates in their order, `logins(most)` for names in lower case, each once.
#[macro_export]
macro_rules! fields {
    ($record:ty; $($group:literal { $($name:ident: $kind:ident $(($($arg:tt)*))?, $label:literal, $help:literal;)+ })+) => {
        &[$($($crate::register::Field::<$record> {
            name: $crate::register::field::wire(stringify!($name)),
            label: $label,
            kind: $crate::field_part!(kind $kind $(($($arg)*))?),
            help: $help,
            group: $group,
            editable: $crate::field_part!(editable $kind),
            read: |record, lookup| { let _ = lookup; $crate::field_part!(read record, lookup, $name, $kind $(($($arg)*))?) },
            write: |record, text, lookup| { let _ = lookup; $crate::field_part!(write record, text, lookup, $name, $kind $(($($arg)*))?); Ok(()) },
        }),+),+]
    };
}

/// One part of one field, for [`fields!`].
#[macro_export]
macro_rules! field_part {
    (editable shown) => {
        false
    };
    (editable shown_in) => {
        false
    };
    (editable state) => {
        false
    };
    (editable computed) => {
        false
    };
    (editable reckoned) => {
        false
    };
    (editable $kind:ident) => {
        true
    };

    (kind reference) => {
        $crate::register::FieldKind::Line(80)
    };
    (kind line($most:literal)) => {
        $crate::register::FieldKind::Line($most)
    };
    (kind prose) => {
        $crate::register::FieldKind::Prose
    };
    (kind choice($words:ty)) => {
        $crate::register::FieldKind::Choice($crate::choices!($words))
    };
    (kind choices($words:ty)) => {
        $crate::register::FieldKind::Choices($crate::choices!($words))
    };
    (kind date) => {
        $crate::register::FieldKind::Date
    };
    (kind moment) => {
        $crate::register::FieldKind::Moment
    };
    (kind flag) => {
        $crate::register::FieldKind::Flag
    };
    (kind number($most:literal)) => {
        $crate::register::FieldKind::Number
    };
    (kind lines($most:literal)) => {
        $crate::register::FieldKind::List
    };
    (kind mac) => {
        $crate::register::FieldKind::Line(17)
    };
    (kind choice_of($type:ty)) => {
        $crate::register::FieldKind::Line(20)
    };
    (kind list($type:ty)) => {
        $crate::register::FieldKind::List
    };
    (kind link($id:ty, $of:literal)) => {
        $crate::register::FieldKind::Link($of)
    };
    (kind links($id:ty, $of:literal)) => {
        $crate::register::FieldKind::Links($of)
    };
    (kind shown($($read:tt)*)) => {
        $crate::register::FieldKind::Line(200)
    };
    (kind shown_in($($read:tt)*)) => {
        $crate::register::FieldKind::Line(200)
    };
    (kind state($words:ty)) => {
        $crate::register::FieldKind::Choice($crate::choices!($words))
    };
    (kind computed($words:ty, $($read:tt)*)) => {
        $crate::register::FieldKind::Choice($crate::choices!($words))
    };
    (kind reckoned($words:ty, $($read:tt)*)) => {
        $crate::register::FieldKind::Choice($crate::choices!($words))
    };
    (kind days) => {
        $crate::register::FieldKind::List
    };
    (kind logins($most:literal)) => {
        $crate::register::FieldKind::List
    };
    (kind levels) => {
        $crate::register::FieldKind::Line(20)
    };
    (kind member) => {
        $crate::register::FieldKind::Link($crate::register::records::MEMBER)
    };

    (read $r:ident, $l:ident, $name:ident, reference) => {
        $r.$name.as_str().to_owned()
    };
    (read $r:ident, $l:ident, $name:ident, line($most:literal)) => {
        $r.$name.clone()
    };
    (read $r:ident, $l:ident, $name:ident, mac) => {
        $r.$name.clone()
    };
    (read $r:ident, $l:ident, $name:ident, prose) => {
        $r.$name.clone()
    };
    (read $r:ident, $l:ident, $name:ident, choice($words:ty)) => {
        $r.$name.map_or("", |one| one.word()).to_owned()
    };
    (read $r:ident, $l:ident, $name:ident, choices($words:ty)) => {
        $crate::register::field::joined($r.$name.iter().map(|one| one.word()))
    };
    (read $r:ident, $l:ident, $name:ident, date) => {
        $r.$name.map_or_else(String::new, |date| date.to_string())
    };
    (read $r:ident, $l:ident, $name:ident, moment) => {
        $r.$name.map_or_else(String::new, $crate::vocabulary::Moment::rfc3339)
    };
    (read $r:ident, $l:ident, $name:ident, flag) => {
        $crate::register::field::flag_text($r.$name)
    };
    (read $r:ident, $l:ident, $name:ident, number($most:literal)) => {
        $r.$name.map_or_else(String::new, |number| number.to_string())
    };
    (read $r:ident, $l:ident, $name:ident, lines($most:literal)) => {
        $r.$name.join(";")
    };
    (read $r:ident, $l:ident, $name:ident, choice_of($type:ty)) => {
        $r.$name.as_ref().map_or_else(String::new, |one| one.to_string())
    };
    (read $r:ident, $l:ident, $name:ident, list($type:ty)) => {
        $crate::register::field::joined($r.$name.iter())
    };
    (read $r:ident, $l:ident, $name:ident, link($id:ty, $of:literal)) => {
        $r.$name.map_or_else(String::new, |id| $l.reference(id))
    };
    (read $r:ident, $l:ident, $name:ident, links($id:ty, $of:literal)) => {
        $crate::register::field::in_order($r.$name.iter().map(|id| $l.reference(*id)))
    };
    (read $r:ident, $l:ident, $name:ident, shown($read:expr)) => {
        $read($r)
    };
    (read $r:ident, $l:ident, $name:ident, shown_in($read:expr)) => {
        $read($r, $l.time_zone())
    };
    (read $r:ident, $l:ident, $name:ident, state($words:ty)) => {
        $r.$name.word().to_owned()
    };
    (read $r:ident, $l:ident, $name:ident, computed($words:ty, $read:expr)) => {
        $read($r, $l.day()).word().to_owned()
    };
    (read $r:ident, $l:ident, $name:ident, reckoned($words:ty, $read:expr)) => {
        $read($r, $l).word().to_owned()
    };
    (read $r:ident, $l:ident, $name:ident, days) => {
        $crate::register::field::joined($r.$name.iter())
    };
    (read $r:ident, $l:ident, $name:ident, logins($most:literal)) => {
        $r.$name.join(";")
    };
    (read $r:ident, $l:ident, $name:ident, levels) => {
        $r.$name.to_string()
    };
    (read $r:ident, $l:ident, $name:ident, member) => {
        $r.$name.as_ref().map_or_else(String::new, |one| one.login.clone())
    };

    (write $r:ident, $t:ident, $l:ident, $name:ident, reference) => {
        $r.$name = $crate::vocabulary::Reference::parse($t)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, line($most:literal)) => {
        $r.$name = $crate::register::field::line($t, $most)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, mac) => {
        $r.$name = $crate::register::field::mac($t)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, prose) => {
        $r.$name = $crate::register::field::prose($t)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, choice($words:ty)) => {
        $r.$name = $crate::register::field::optional($t, <$words>::parse)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, choices($words:ty)) => {
        $r.$name = $crate::register::field::set($t, <$words>::parse)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, date) => {
        $r.$name = $crate::register::field::optional($t, $crate::vocabulary::Date::parse)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, moment) => {
        $r.$name =
            $crate::register::field::optional($t, |text| $crate::register::field::moment_in(text, $l.said_zone()))?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, flag) => {
        $r.$name = $crate::register::field::flag($t)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, number($most:literal)) => {
        $r.$name = $crate::register::field::optional($t, |text| $crate::register::field::number(text, $most))?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, lines($most:literal)) => {
        $r.$name = $crate::register::field::list($t, |part| $crate::register::field::line(part, $most))?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, choice_of($type:ty)) => {
        $r.$name = $crate::register::field::optional($t, <$type>::parse)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, list($type:ty)) => {
        $r.$name = $crate::register::field::list($t, <$type>::parse)?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, link($id:ty, $of:literal)) => {
        $r.$name = $crate::register::field::optional($t, |text| $l.id::<$id>($of, text))?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, links($id:ty, $of:literal)) => {
        $r.$name = $crate::register::field::set($t, |part| $l.id::<$id>($of, part))?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, shown($read:expr)) => {{
        let _ = (&$r, $t);
    }};
    (write $r:ident, $t:ident, $l:ident, $name:ident, shown_in($read:expr)) => {{
        let _ = (&$r, $t);
    }};
    (write $r:ident, $t:ident, $l:ident, $name:ident, state($words:ty)) => {{
        let _ = (&$r, $t);
    }};
    (write $r:ident, $t:ident, $l:ident, $name:ident, computed($words:ty, $read:expr)) => {{
        let _ = (&$r, $t);
    }};
    (write $r:ident, $t:ident, $l:ident, $name:ident, reckoned($words:ty, $read:expr)) => {{
        let _ = (&$r, $t);
    }};
    (write $r:ident, $t:ident, $l:ident, $name:ident, days) => {
        $r.$name = $crate::register::field::set($t, $crate::vocabulary::Date::parse)?.into_iter().collect()
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, logins($most:literal)) => {
        $r.$name =
            $crate::register::field::set($t, |part| $crate::register::field::login(part, $most))?.into_iter().collect()
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, levels) => {
        $r.$name = $crate::vocabulary::SecurityLevels::try_from($t.trim().to_owned())?
    };
    (write $r:ident, $t:ident, $l:ident, $name:ident, member) => {
        $r.$name = $crate::register::field::optional($t, |text| $crate::register::Member::named(text, $l))?
    };
}
