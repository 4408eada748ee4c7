//! A shelf: records of one kind in the order they came, found by id.
//!
//! Invariant: a record keeps its place; nothing is taken off, because the record erases nothing.

use std::collections::HashMap;

use uuid::Uuid;

/// A record and its id.
#[derive(Clone, Debug)]
pub struct Held<T> {
    pub id: Uuid,
    pub record: T,
}

/// Records of one kind.
#[derive(Clone, Debug)]
pub struct Shelf<T> {
    rows: Vec<Held<T>>,
    places: HashMap<Uuid, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Shelf<T> {
    /// Puts a record in its place; gives the place and what stood there.
    pub fn put(&mut self, id: Uuid, record: T) -> (usize, Option<T>) {
        if let Some(&place) = self.places.get(&id) {
            return (place, Some(std::mem::replace(&mut self.rows[place].record, record)));
        }
        self.places.insert(id, self.rows.len());
        self.rows.push(Held { id, record });
        (self.rows.len() - 1, None)
    }

    #[must_use]
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.places.get(&id).copied()
    }

    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&T> {
        self.place(id).map(|place| &self.rows[place].record)
    }

    /// The record at a place this shelf gave.
    #[must_use]
    pub fn at(&self, place: usize) -> &Held<T> {
        &self.rows[place]
    }

    /// The record at a place this shelf gave, to be written over.
    pub fn at_mut(&mut self, place: usize) -> &mut T {
        &mut self.rows[place].record
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Held<T>> {
        self.rows.iter()
    }
}
