//! One macro for closed vocabularies: the word on the wire, the words for people.
//!
//! Invariant: the wire word is what databases, files and the API hold; it never changes once released.

/// Declares an enum whose variants have a wire word and words for people.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $wire:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $wire)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word on the wire: databases, files, API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $wire),+ }
            }

            /// The words for people.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $($name::$variant => $label),+ }
            }

            /// Reads a wire word or the words for people; the error lists what would be right.
            pub fn parse(text: &str) -> Result<Self, String> {
                let asked = text.trim().to_lowercase();
                Self::ALL
                    .iter()
                    .copied()
                    .find(|one| one.word() == asked || one.word() == asked.replace([' ', '-'], "_") || one.label().to_lowercase() == asked)
                    .ok_or_else(|| format!("not one of: {}", [$($wire),+].join(", ")))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.label())
            }
        }
    };
}
