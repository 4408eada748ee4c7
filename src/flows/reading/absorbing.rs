//! A file read apart joins what the others said, once it is known to be sound.
//!
//! Invariant: reading apart and joining gives what reading into one would have given, in whichever order.

use super::Reading;
use crate::flows::folding::Key;

impl Reading {
    /// A reading of one file that may turn out bad.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self { latest: self.latest, ..Self::new(self.latest, self.partial) }
    }

    /// Joins a sound file.
    pub fn absorb(&mut self, other: Reading) -> Result<(), String> {
        let words = |number: u16| other.flows.words.text(number);
        let mut numbers = Vec::new();
        for number in 0..other.flows.words.len() {
            let text = words(number);
            numbers.push(self.flows.words.number(text.as_bytes()).ok_or("too many different services")?);
        }
        let number = |known: u16| numbers.get(usize::from(known)).copied().unwrap_or(known);
        for flow in other.flows.iter() {
            let (protocol, service) = (number(flow.key.protocol), number(flow.key.service));
            let key = Key { protocol, service, ..flow.key };
            self.flows.put(&flow.keyed(key))?;
            self.flows.did(key, other.flows.operations(&flow.key));
        }
        for (address, learned) in other.learned {
            self.learned.entry(address).or_default().absorb(learned);
        }
        for (address, card) in other.cards {
            self.cards
                .entry(address)
                .and_modify(|known| *known = known.filter(|one| Some(*one) == card))
                .or_insert(card);
        }
        self.spoken.absorb(other.spoken, number)?;
        self.rows += other.rows;
        self.span = self.span.into_iter().chain(other.span).reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
        self.left_out += other.left_out;
        other.refused.into_iter().for_each(|bad| self.keep_refused(bad));
        Ok(())
    }

    /// Joins what protocol logs told to the flows of `conn.log`; after this nothing more is read.
    pub fn settle(&mut self) -> Result<(), String> {
        std::mem::take(&mut self.spoken).settle(&mut self.flows)
    }
}
