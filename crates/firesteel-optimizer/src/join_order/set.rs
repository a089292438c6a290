//! Sets of relations, by number, as bits.

use std::ops::{BitAnd, BitOr, BitOrAssign};

/// As many relations as a graph may have.
pub(super) const RELATIONS_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Set(u64);

impl Set {
    pub(super) const EMPTY: Set = Set(0);

    pub(super) fn of(relation: usize) -> Set {
        Set(1 << relation)
    }

    /// The relations up to this one, itself among them.
    pub(super) fn up_to(relation: usize) -> Set {
        Set(u64::MAX >> (63 - relation))
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub(super) fn contains(self, other: Set) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) fn meets(self, other: Set) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn without(self, other: Set) -> Set {
        Set(self.0 & !other.0)
    }

    pub(super) fn first(self) -> usize {
        self.0.trailing_zeros() as usize
    }

    /// Ascending.
    pub(super) fn relations(self) -> impl DoubleEndedIterator<Item = usize> {
        let mut all = Vec::with_capacity(self.len());
        let mut rest = self.0;
        while rest != 0 {
            all.push(rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
        all.into_iter()
    }

    /// Every subset but the empty one, smaller numbers first.
    pub(super) fn subsets(self) -> impl Iterator<Item = Set> {
        let after = move |subset: u64| subset.wrapping_sub(self.0) & self.0;
        let mut next = after(0);
        std::iter::from_fn(move || {
            let subset = next;
            next = after(subset);
            (subset != 0).then_some(Set(subset))
        })
    }
}

impl BitOr for Set {
    type Output = Set;
    fn bitor(self, other: Set) -> Set {
        Set(self.0 | other.0)
    }
}

impl BitOrAssign for Set {
    fn bitor_assign(&mut self, other: Set) {
        self.0 |= other.0;
    }
}

impl BitAnd for Set {
    type Output = Set;
    fn bitand(self, other: Set) -> Set {
        Set(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    #[test]
    fn subsets_are_all_but_the_empty_one() {
        let set = Set::of(1) | Set::of(3) | Set::of(63);
        let subsets: Vec<_> = set.subsets().collect();
        assert_eq!(subsets.len(), 7);
        assert!(subsets.iter().all(|subset| set.contains(*subset) && !subset.is_empty()));
        assert_eq!(subsets.first(), Some(&Set::of(1)));
        assert_eq!(Set::EMPTY.subsets().count(), 0);
        assert_eq!(Set::up_to(63), Set(u64::MAX));
    }
}
