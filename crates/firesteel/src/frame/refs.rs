//! Walks over parsed expressions that DataFrames need before the analyzer sees them.
//!
//! ```text
//! frame.col("a")  is  ␁12.a  ──to_sides──▶  t.a      where t is the block's relation that comes from frame 12
//! frame.col("a").outer()      the same, when the query that it stands in becomes a subquery of the block
//! ```

use firesteel_common::names::{quote, same_name};
use firesteel_common::{Result, Span, error};
use firesteel_plan::parsed::{Expr, ExprKind, Ident, Query};
use recursive::recursive;

use super::block::{Open, Side, Visible};
use super::names;

/// Columns that name a DataFrame get the name of the block's relation that comes from it. Outer columns are left to the
/// block around, those of subqueries mean this one.
#[recursive]
pub(crate) fn to_sides(expr: &mut Expr, block: &Open) -> Result<()> {
    match &mut expr.kind {
        ExprKind::Column(parts) | ExprKind::Star(parts) => return rename(parts, block),
        ExprKind::Outer(_) => return Ok(()),
        ExprKind::Exists(query) | ExprKind::Subquery(query) | ExprKind::InSubquery { query, .. } => {
            outer_to_sides(query, block);
        }
        _ => {}
    }
    expr.children_mut().into_iter().try_for_each(|child| to_sides(child, block))
}

/// Outer columns of a query that name a DataFrame get the name of the block's relation that comes from it. Those of other
/// DataFrames are left to a block further out.
pub(crate) fn outer_to_sides(query: &mut Query, block: &Open) {
    query.for_each_expr_mut(&mut |expr| outer_of(expr, block));
}

#[recursive]
fn outer_of(expr: &mut Expr, block: &Open) {
    match &mut expr.kind {
        ExprKind::Outer(operand) => {
            let mut renamed = operand.clone();
            if to_sides(&mut renamed, block).is_ok() {
                *operand = renamed;
            }
            return;
        }
        ExprKind::Exists(query) | ExprKind::Subquery(query) | ExprKind::InSubquery { query, .. } => {
            outer_to_sides(query, block);
        }
        _ => {}
    }
    expr.children_mut().into_iter().for_each(|child| outer_of(child, block));
}

/// Whether it names columns of a query around, other than through a subquery.
#[recursive]
pub(crate) fn has_outer(expr: &mut Expr) -> bool {
    matches!(expr.kind, ExprKind::Outer(_)) || expr.children_mut().into_iter().any(has_outer)
}

fn rename(parts: &mut Vec<Ident>, block: &Open) -> Result<()> {
    let Some(id) = parts.first().and_then(names::frame_id) else { return Ok(()) };
    match block.was.iter().find(|(earlier, _)| *earlier == id) {
        Some((_, visible)) => own(parts, visible),
        None => of_side(parts, id, &block.sides),
    }
}

/// A column of the block as it was: known by its relation, or by its name alone.
fn own(parts: &mut Vec<Ident>, visible: &[Visible]) -> Result<()> {
    let name = parts.get(1).map_or("", |part| part.value.as_str());
    let mut known = visible.iter().filter(|visible| same_name(&visible.name, name));
    match (known.next().and_then(|visible| visible.qualifier.as_deref()), known.next()) {
        (Some(qualifier), None) => parts[0] = names::quoted(qualifier),
        _ => {
            parts.remove(0);
        }
    }
    Ok(())
}

fn of_side(parts: &mut Vec<Ident>, id: u64, sides: &[Side]) -> Result<()> {
    let candidates: Vec<_> = sides.iter().filter(|side| side.frame.descends_from(id)).collect();
    match candidates.as_slice() {
        [] => {
            let name = parts.last().map_or_else(|| "*".to_owned(), |part| quote(&part.value));
            return Err(error!(CANNOT_RESOLVE_DATAFRAME_COLUMN, name = name));
        }
        [one] => parts[0] = names::quoted(one.qualifier.as_str()),
        // The very frame among relatives of it; of several, the analyzer says that they are ambiguous.
        several => match several.iter().filter(|side| side.frame.id() == id).collect::<Vec<_>>().as_slice() {
            [one] => parts[0] = names::quoted(one.qualifier.as_str()),
            _ => {
                parts.remove(0);
            }
        },
    }
    Ok(())
}

/// Gives every node a place of its own, parents around their children: the analyzer remembers types by place.
#[recursive]
pub(crate) fn number(expr: &mut Expr, next: &mut u32) {
    let start = *next;
    *next += 1;
    expr.children_mut().into_iter().for_each(|child| number(child, next));
    expr.span = Span { start, end: *next };
    *next += 1;
}

/// The names of all columns that an expression names, without qualifiers.
#[recursive]
pub(crate) fn column_names(expr: &mut Expr, out: &mut Vec<String>) {
    if let ExprKind::Column(parts) = &expr.kind {
        let qualified = parts.first().and_then(names::frame_id).is_some();
        out.extend(parts.get(usize::from(qualified)).map(|part| part.value.clone()));
    }
    expr.children_mut().into_iter().for_each(|child| column_names(child, out));
}
