//! Words that occur again and again in logs, protocols and services, kept once and named by number.
//!
//! Invariant: pure; a number means the same word as long as the table lives, and the table is bounded.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Most different words for protocols and services.
const MOST_WORDS: usize = 60_000;

/// Words that occur again and again, by number.
#[derive(Default)]
pub struct Words {
    texts: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u16, RandomState>,
    recent: [u16; 32],
}

impl Words {
    /// The number of a word; none when there are too many different ones.
    #[inline]
    pub fn number(&mut self, word: &[u8]) -> Option<u16> {
        let place = word.len().wrapping_add(usize::from(word.last().copied().unwrap_or(0)).wrapping_mul(7)) & 31;
        let recent = self.recent[place];
        if self.texts.get(usize::from(recent)).is_some_and(|known| **known == *word) {
            return Some(recent);
        }
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None if self.texts.len() >= MOST_WORDS => return None,
            None => {
                let number = u16::try_from(self.texts.len()).ok()?;
                self.texts.push(word.into());
                self.numbers.insert(word.into(), number);
                number
            }
        };
        self.recent[place] = number;
        Some(number)
    }

    /// How many words there are; their numbers count from zero.
    #[must_use]
    pub fn len(&self) -> u16 {
        u16::try_from(self.texts.len()).unwrap_or(u16::MAX)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    #[must_use]
    pub fn text(&self, number: u16) -> String {
        self.texts.get(usize::from(number)).map_or_else(String::new, |text| String::from_utf8_lossy(text).into_owned())
    }
}
