//! Two palettes for one drawing: classes in a page, where the style sheet colors them light or dark, and literal
//! attributes in a file that stands alone, on paper and in a package.
//!
//! Invariant: every role has both; the print palette needs no style sheet, no variable and no font of ours.

/// What a piece of the drawing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Lane,
    Dmz,
    Level,
    LevelName,
    Title,
    Note,
    Zone,
    Esp,
    Inner,
    Outside,
    Hatch,
    ZoneName,
    ZoneNote,
    Tag,
    Failing,
    Unwatched,
    Count,
    More,
    Conduit,
    Unseen,
    Proposed,
    Suspended,
    Head,
    Mark,
    Hit,
    Critical,
    High,
    Medium,
    Low,
    Justified,
    CriticalSolid,
    HighSolid,
    MediumSolid,
    LowSolid,
    JustifiedSolid,
    Badge,
    BadgeCritical,
    BadgeHigh,
    BadgeMedium,
    BadgeLow,
    BadgeJustified,
    Legend,
}

/// Where the drawing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Palette {
    Page,
    Print,
}

impl Palette {
    /// The attributes that give a piece its look.
    #[must_use]
    pub fn of(self, ink: Ink) -> &'static str {
        let (page, print) = look(ink);
        if self == Self::Page { page } else { print }
    }
}

/// The class of a page, and what stands for it in print.
fn look(ink: Ink) -> (&'static str, &'static str) {
    match ink {
        Ink::Lane => ("class=\"lane\"", "fill=\"#ffffff\" stroke=\"#d9d9d2\""),
        Ink::Dmz => ("class=\"lane dmz\"", "fill=\"#fbf1dc\" stroke=\"#d9c8a0\""),
        Ink::Level => ("class=\"lv\"", "fill=\"#3d444b\" font-size=\"19\" font-weight=\"700\""),
        Ink::LevelName => ("class=\"ln\"", "fill=\"#565d64\" font-size=\"11.5\""),
        Ink::Title => ("class=\"lv\"", "fill=\"#1c2024\" font-size=\"18\" font-weight=\"700\""),
        Ink::Note => ("class=\"ln\"", "fill=\"#565d64\" font-size=\"12\""),
        Ink::Zone => ("class=\"zb\"", "fill=\"#f6f6f2\" stroke=\"#8b9094\""),
        Ink::Esp => ("class=\"zb esp\"", "fill=\"#ffffff\" stroke=\"#1c2024\" stroke-width=\"1.6\""),
        Ink::Inner => ("class=\"zi\"", "fill=\"none\" stroke=\"#1c2024\" stroke-width=\"1\""),
        Ink::Outside => ("class=\"zb out\"", "fill=\"#ffffff\" stroke=\"#6f767c\" stroke-dasharray=\"2 3\""),
        Ink::Hatch => ("class=\"hl\"", "stroke=\"#d3d6d9\" stroke-width=\"2\""),
        Ink::ZoneName => ("class=\"zn\"", "fill=\"#1c2024\" font-size=\"13\" font-weight=\"700\""),
        Ink::ZoneNote => ("class=\"zs\"", "fill=\"#4a5158\" font-size=\"11.5\""),
        Ink::Tag => ("class=\"zt\"", "fill=\"#1c2024\" font-size=\"11\" font-weight=\"700\""),
        Ink::Failing => ("class=\"zf\"", "fill=\"#a8201a\" font-size=\"11.5\" font-weight=\"700\""),
        Ink::Unwatched => ("class=\"zu\"", "fill=\"#4a5158\" font-size=\"11.5\" font-weight=\"600\""),
        Ink::Count => ("class=\"zc\"", "fill=\"#1c2024\" font-size=\"11.5\" font-weight=\"700\" text-anchor=\"end\""),
        Ink::More => ("class=\"more\"", "fill=\"none\""),
        Ink::Hit => ("class=\"hit\"", "fill=\"none\""),
        Ink::Legend => ("class=\"lg\"", "fill=\"#3d444b\" font-size=\"11.5\""),
        _ => lines(ink),
    }
}

/// Lines, and what stands on them.
fn lines(ink: Ink) -> (&'static str, &'static str) {
    match ink {
        Ink::Conduit => ("class=\"c\"", "fill=\"none\" stroke=\"#4a5158\" stroke-width=\"1.5\""),
        Ink::Unseen => {
            ("class=\"c unseen\"", "fill=\"none\" stroke=\"#4a5158\" stroke-width=\"1.3\" stroke-dasharray=\"1.5 3.5\"")
        }
        Ink::Proposed => {
            ("class=\"c proposed\"", "fill=\"none\" stroke=\"#7d848a\" stroke-width=\"1.3\" stroke-dasharray=\"7 5\"")
        }
        Ink::Suspended => (
            "class=\"c suspended\"",
            "fill=\"none\" stroke=\"#7d848a\" stroke-width=\"1.3\" stroke-dasharray=\"12 4 2 4\"",
        ),
        Ink::Head => ("class=\"ch\"", "fill=\"#4a5158\""),
        Ink::Mark => ("class=\"cm\"", "fill=\"#ffffff\" stroke=\"#1c2024\" stroke-width=\"1.3\""),
        Ink::Critical => ("class=\"x critical\"", "fill=\"none\" stroke=\"#a8201a\" stroke-width=\"3.6\""),
        Ink::High => {
            ("class=\"x high\"", "fill=\"none\" stroke=\"#a8201a\" stroke-width=\"2.8\" stroke-dasharray=\"10 4\"")
        }
        Ink::Medium => {
            ("class=\"x medium\"", "fill=\"none\" stroke=\"#8a5a00\" stroke-width=\"2.4\" stroke-dasharray=\"5 4\"")
        }
        Ink::Low => ("class=\"x low\"", "fill=\"none\" stroke=\"#5d646b\" stroke-width=\"2\" stroke-dasharray=\"2 4\""),
        Ink::Justified => (
            "class=\"x justified\"",
            "fill=\"none\" stroke=\"#5b4a9c\" stroke-width=\"2.2\" stroke-dasharray=\"8 3 2 3\"",
        ),
        _ => solids(ink),
    }
}

/// Heads, shapes and badges of crossings.
fn solids(ink: Ink) -> (&'static str, &'static str) {
    match ink {
        Ink::CriticalSolid => ("class=\"xs critical\"", "fill=\"#a8201a\""),
        Ink::HighSolid => ("class=\"xs high\"", "fill=\"#a8201a\""),
        Ink::MediumSolid => ("class=\"xs medium\"", "fill=\"#8a5a00\""),
        Ink::LowSolid => ("class=\"xs low\"", "fill=\"#5d646b\""),
        Ink::JustifiedSolid => ("class=\"xs justified\"", "fill=\"#5b4a9c\""),
        Ink::Badge => ("class=\"xt\"", "fill=\"#1c2024\" font-size=\"11.5\" font-weight=\"700\""),
        Ink::BadgeCritical => ("class=\"xb critical\"", "fill=\"#fbe9e7\" stroke=\"#a8201a\" stroke-width=\"1.4\""),
        Ink::BadgeHigh => ("class=\"xb high\"", "fill=\"#fbe9e7\" stroke=\"#a8201a\""),
        Ink::BadgeMedium => ("class=\"xb medium\"", "fill=\"#fbf1dc\" stroke=\"#8a5a00\""),
        Ink::BadgeLow => ("class=\"xb low\"", "fill=\"#ffffff\" stroke=\"#5d646b\""),
        Ink::BadgeJustified => ("class=\"xb justified\"", "fill=\"#efecf9\" stroke=\"#5b4a9c\""),
        _ => ("", ""),
    }
}
