//! Lists in pages.

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The `next_cursor` of the page before; none for the beginning.
    pub cursor: Option<String>,
    /// How many items at most.
    pub limit: u8,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// Where the next one begins; none on the last.
    pub next_cursor: Option<String>,
}

impl<T> Listed<T> {
    /// The same page with every item turned into something else.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            items: self.items.into_iter().map(turn).collect(),
            next_cursor: self.next_cursor,
        }
    }
}
