//! The expressions inside of an expression.

use firesteel_common::Span;
use recursive::recursive;

use super::{Expr, ExprKind, FrameBound, FunctionCall, SortItem, Window};

impl Expr {
    /// The expressions directly inside; queries have scopes of their own and are left out.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Literal(_)
            | ExprKind::Column(_)
            | ExprKind::Star(_)
            | ExprKind::Parameter(_)
            | ExprKind::Exists(_)
            | ExprKind::Subquery(_)
            | ExprKind::TableArgument(_) => Vec::new(),
            ExprKind::Unary { operand, .. }
            | ExprKind::Not(operand)
            | ExprKind::Is { operand, .. }
            | ExprKind::InSubquery { operand, .. }
            | ExprKind::Cast { operand, .. }
            | ExprKind::Field { operand, .. }
            | ExprKind::Collate { operand, .. }
            | ExprKind::VariantPath { operand, .. }
            | ExprKind::Lambda { body: operand, .. } => vec![operand],
            ExprKind::Binary { first, rest } => {
                std::iter::once(first.as_mut()).chain(rest.iter_mut().map(|(_, operand)| operand)).collect()
            }
            ExprKind::And(terms) | ExprKind::Or(terms) | ExprKind::Row(terms) => terms.iter_mut().collect(),
            ExprKind::IsDistinctFrom { left, right, .. } => vec![left, right],
            ExprKind::Between { operand, low, high, .. } => vec![operand, low, high],
            ExprKind::InList { operand, list, .. } => std::iter::once(operand.as_mut()).chain(list).collect(),
            ExprKind::Subscript { operand, index } => vec![operand, index],
            ExprKind::Like(like) => std::iter::once(&mut like.operand).chain(&mut like.patterns).collect(),
            ExprKind::Case { operand, branches, otherwise } => {
                let branches = branches.iter_mut().flat_map(|branch| [&mut branch.when, &mut branch.then]);
                operand
                    .iter_mut()
                    .map(Box::as_mut)
                    .chain(branches)
                    .chain(otherwise.iter_mut().map(Box::as_mut))
                    .collect()
            }
            ExprKind::Function(call) => of_call(call),
        }
    }

    /// Itself and all expressions inside of it as if they stood there.
    #[recursive]
    pub fn place_at(&mut self, span: Span) {
        self.span = span;
        self.children_mut().into_iter().for_each(|child| child.place_at(span));
    }
}

fn of_call(call: &mut FunctionCall) -> Vec<&mut Expr> {
    let mut out: Vec<&mut Expr> = call.arguments.iter_mut().map(|argument| &mut argument.value).collect();
    out.extend(sorted(&mut call.order_by));
    out.extend(&mut call.filter);
    if let Some(Window::Spec(spec)) = &mut call.over {
        out.extend(&mut spec.partition_by);
        out.extend(sorted(&mut spec.order_by));
        if let Some(frame) = &mut spec.frame {
            for bound in [&mut frame.start, &mut frame.end] {
                if let FrameBound::Preceding(count) | FrameBound::Following(count) = bound {
                    out.push(count);
                }
            }
        }
    }
    out
}

fn sorted(items: &mut [SortItem]) -> impl Iterator<Item = &mut Expr> {
    items.iter_mut().map(|item| &mut item.expr)
}
