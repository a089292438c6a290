//! The cheapest tree by dynamic programming over connected pairs of sets (Moerkotte and Neumann: Dynamic programming strikes
//! back, SIGMOD 2008). Names are the paper's.
//!
//! Sets grow from their smallest relation by neighbours; each pair of connected, disjoint sets is met once, after all pairs
//! within either.

use hashbrown::HashMap;

use super::cost::Best;
use super::graph::{Graph, Tree};
use super::set::Set;

#[derive(Clone, Copy)]
struct Entry {
    best: Best,
    /// The two sides, empty for a relation.
    left: Set,
    right: Set,
}

struct Enumeration<'a> {
    graph: &'a Graph,
    table: HashMap<Set, Entry>,
    steps_left: usize,
}

/// More than so many steps were needed.
struct TooMany;

/// The tree and its cost; `None` when there are more pairs than `pairs_max`, or some relation is connected to none.
pub(super) fn cheapest(graph: &Graph, pairs_max: usize) -> Option<(Tree, f64)> {
    let mut enumeration = Enumeration { graph, table: HashMap::new(), steps_left: pairs_max };
    enumeration.run().ok()?;
    let best = enumeration.table.get(&graph.all())?.best;
    Some((enumeration.tree(graph.all())?, best.cost))
}

impl Enumeration<'_> {
    fn run(&mut self) -> Result<(), TooMany> {
        for relation in 0..self.graph.relations.len() {
            let entry = Entry { best: self.graph.leaf(relation), left: Set::EMPTY, right: Set::EMPTY };
            self.table.insert(Set::of(relation), entry);
        }
        for relation in (0..self.graph.relations.len()).rev() {
            self.emit_csg(Set::of(relation))?;
            self.enumerate_csg_rec(Set::of(relation), Set::up_to(relation))?;
        }
        Ok(())
    }

    fn enumerate_csg_rec(&mut self, set: Set, excluded: Set) -> Result<(), TooMany> {
        let neighborhood = self.neighborhood(set, excluded);
        for more in neighborhood.subsets() {
            self.step()?;
            if self.table.contains_key(&(set | more)) {
                self.emit_csg(set | more)?;
            }
        }
        for more in neighborhood.subsets() {
            self.enumerate_csg_rec(set | more, excluded | neighborhood)?;
        }
        Ok(())
    }

    fn emit_csg(&mut self, set: Set) -> Result<(), TooMany> {
        let excluded = set | Set::up_to(set.first());
        let neighborhood = self.neighborhood(set, excluded);
        for relation in neighborhood.relations().rev() {
            let other = Set::of(relation);
            if self.graph.connects(set, other) {
                self.emit_csg_cmp(set, other)?;
            }
            self.enumerate_cmp_rec(set, other, excluded | (Set::up_to(relation) & neighborhood))?;
        }
        Ok(())
    }

    fn enumerate_cmp_rec(&mut self, set: Set, other: Set, excluded: Set) -> Result<(), TooMany> {
        let neighborhood = self.neighborhood(other, excluded);
        for more in neighborhood.subsets() {
            self.step()?;
            if self.table.contains_key(&(other | more)) && self.graph.connects(set, other | more) {
                self.emit_csg_cmp(set, other | more)?;
            }
        }
        for more in neighborhood.subsets() {
            self.enumerate_cmp_rec(set, other | more, excluded | neighborhood)?;
        }
        Ok(())
    }

    fn emit_csg_cmp(&mut self, left: Set, right: Set) -> Result<(), TooMany> {
        self.step()?;
        let (Some(l), Some(r)) = (self.table.get(&left), self.table.get(&right)) else { return Ok(()) };
        let Some(operation) = self.graph.operation(left, right) else { return Ok(()) };
        let mut best = self.graph.join((left, l.best), (right, r.best), operation);
        match self.table.get(&(left | right)) {
            Some(known) if known.best.cost <= best.cost => return Ok(()),
            // A set has as many rows as it was first said to have, in whichever order it is joined.
            Some(known) => best.rows = known.best.rows,
            None => {}
        }
        self.table.insert(left | right, Entry { best, left, right });
        Ok(())
    }

    /// Relations next to the set and not excluded; of an edge to several the first stands for all.
    fn neighborhood(&self, set: Set, excluded: Set) -> Set {
        let closed = set | excluded;
        let near = set.relations().fold(Set::EMPTY, |near, relation| near | self.graph.neighbors[relation]);
        let mut near = near.without(closed);
        for (a, b) in &self.graph.edges {
            for (from, to) in [(a, b), (b, a)] {
                if set.contains(*from) && !to.meets(closed) {
                    near |= Set::of(to.first());
                }
            }
        }
        near
    }

    fn step(&mut self) -> Result<(), TooMany> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(TooMany)?;
        Ok(())
    }

    fn tree(&self, set: Set) -> Option<Tree> {
        if set.len() == 1 {
            return Some(Tree::Relation(set.first()));
        }
        let entry = self.table.get(&set)?;
        Some(Tree::Join(Box::new((self.tree(entry.left)?, self.tree(entry.right)?))))
    }
}
