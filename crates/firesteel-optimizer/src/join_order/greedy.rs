//! The best pair first, again and again (greedy operator ordering, Fegaras 1998): for graphs with too many pairs, and for
//! those that fall into parts which nothing connects.

use super::cost::Best;
use super::graph::{Graph, Operation, Tree};
use super::set::Set;

struct Piece {
    set: Set,
    tree: Tree,
    best: Best,
}

/// The tree and its cost; `None` when no order is found in which every join may be carried out.
pub(super) fn cheapest(graph: &Graph) -> Option<(Tree, f64)> {
    let relations = 0..graph.relations.len();
    let leaf = |relation| Piece { set: Set::of(relation), tree: Tree::Relation(relation), best: graph.leaf(relation) };
    let mut pieces: Vec<Piece> = relations.map(leaf).collect();
    while pieces.len() > 1 {
        let (a, b, best) = best_pair(graph, &pieces, true).or_else(|| best_pair(graph, &pieces, false))?;
        let right = pieces.remove(b);
        let left = &mut pieces[a];
        let tree = std::mem::replace(&mut left.tree, Tree::Relation(0));
        *left = Piece { set: left.set | right.set, tree: Tree::Join(Box::new((tree, right.tree))), best };
    }
    let whole = pieces.pop()?;
    Some((whole.tree, whole.best.cost))
}

/// The pair that gives the fewest rows, among the connected ones or, when there are none, among all.
fn best_pair(graph: &Graph, pieces: &[Piece], connected: bool) -> Option<(usize, usize, Best)> {
    let mut found: Option<(usize, usize, Best)> = None;
    for (a, left) in pieces.iter().enumerate() {
        for (b, right) in pieces.iter().enumerate().skip(a + 1) {
            let fits = match connected {
                true => graph.connects(left.set, right.set),
                false => may_multiply(graph, left.set, right.set),
            };
            let operation = if fits { graph.operation(left.set, right.set) } else { None };
            let Some(operation) = operation else { continue };
            let best = graph.join((left.set, left.best), (right.set, right.best), operation);
            let better = found.as_ref().is_none_or(|(_, _, known)| (best.rows, best.cost) < (known.rows, known.cost));
            if better {
                found = Some((a, b, best));
            }
        }
    }
    found
}

/// Every pair of rows, which is an inner join: allowed between pieces that no other kind of join still waits for.
fn may_multiply(graph: &Graph, left: Set, right: Set) -> bool {
    let waits = graph.operators.iter().any(|operator| {
        let all = operator.left | operator.right;
        let done = left.contains(operator.needs()) || right.contains(operator.needs());
        operator.kind != firesteel_plan::logical::JoinKind::Inner && !done && all.meets(left | right)
    });
    !waits && graph.operation(left, right) == Some(Operation::Inner)
}
