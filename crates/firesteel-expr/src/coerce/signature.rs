//! Arguments against a signature: counted, checked, cast.

use firesteel_common::{Result, SqlType};

use super::errors;
use super::{common_type_of, implicit_type};
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Param, Signature};

/// Checks the arguments and casts them to what the signature takes.
pub fn apply(name: &'static str, signature: Signature, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match signature {
        Signature::Custom(rule) => rule(name, args),
        Signature::OneOf(lists) => one_of(name, lists, args),
        Signature::Variadic { fixed, rest, min } => {
            let required = fixed.len() + min;
            if args.len() < required {
                let expected = match required {
                    0 => "0".to_owned(),
                    _ => format!("> {}", required - 1),
                };
                return Err(errors::wrong_num_args(name, expected, args.len()));
            }
            let rest = std::iter::repeat_n(rest, args.len() - fixed.len());
            let params: Vec<Param> = fixed.iter().copied().chain(rest).collect();
            match Fit::of(&params, &args) {
                Ok(fit) => Ok(fit.cast(args)),
                Err(misfit) => Err(misfit.error(name, &args, std::slice::from_ref(&params.as_slice()))),
            }
        }
    }
}

/// The list that needs the fewest casts; of equals the first.
fn one_of(name: &'static str, lists: &[&[Param]], args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let candidates: Vec<&[Param]> = lists.iter().copied().filter(|list| list.len() == args.len()).collect();
    if candidates.is_empty() {
        return Err(errors::wrong_num_args(name, expected_counts(lists), args.len()));
    }
    let mut best: Option<Fit> = None;
    let mut furthest: Option<Misfit> = None;
    for list in &candidates {
        match Fit::of(list, &args) {
            Ok(fit) if best.as_ref().is_none_or(|known| fit.casts < known.casts) => best = Some(fit),
            Ok(_) => {}
            Err(misfit) if furthest.as_ref().is_none_or(|known| misfit.rank() > known.rank()) => {
                furthest = Some(misfit);
            }
            Err(_) => {}
        }
    }
    match (best, furthest) {
        (Some(fit), _) => Ok(fit.cast(args)),
        (None, Some(misfit)) => Err(misfit.error(name, &args, &candidates)),
        // Every candidate fits or does not; a function without parameters lists one empty list.
        (None, None) => Ok(args),
    }
}

/// `2`, `[1, 2]`.
fn expected_counts(lists: &[&[Param]]) -> String {
    let mut counts: Vec<usize> = lists.iter().map(|list| list.len()).collect();
    counts.sort_unstable();
    counts.dedup();
    match counts.as_slice() {
        [one] => one.to_string(),
        many => format!("[{}]", many.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// What the arguments would be cast to.
struct Fit {
    types: Vec<SqlType>,
    casts: usize,
}

/// Why a list of parameters does not take the arguments.
enum Misfit {
    Argument(usize),
    NothingInCommon,
    NotOrderable(SqlType),
}

impl Fit {
    fn of(params: &[Param], args: &[ExprRef]) -> Result<Fit, Misfit> {
        let common = common_of(params, args)?;
        let mut types = Vec::with_capacity(args.len());
        for (at, (param, arg)) in params.iter().zip(args).enumerate() {
            types.push(match (param, &common) {
                (Param::Common | Param::CommonOrderable, Some(common)) => common.clone(),
                (Param::Orderable, _) if !arg.data_type().is_orderable() => {
                    return Err(Misfit::NotOrderable(arg.data_type().clone()));
                }
                _ => implicit_type(arg.data_type(), *param).ok_or(Misfit::Argument(at))?,
            });
        }
        let casts = types.iter().zip(args).filter(|(to, arg)| *to != arg.data_type()).count();
        Ok(Fit { types, casts })
    }

    fn cast(self, args: Vec<ExprRef>) -> Vec<ExprRef> {
        args.into_iter().zip(self.types).map(|(arg, to)| Expr::cast(arg, to, CastMode::Ansi)).collect()
    }
}

fn common_of(params: &[Param], args: &[ExprRef]) -> Result<Option<SqlType>, Misfit> {
    let among = common_types(params, args);
    if among.is_empty() {
        return Ok(None);
    }
    let common = common_type_of(&among).ok_or(Misfit::NothingInCommon)?;
    if params.contains(&Param::CommonOrderable) && !common.is_orderable() {
        return Err(Misfit::NotOrderable(common));
    }
    Ok(Some(common))
}

/// The types that must come together.
fn common_types(params: &[Param], args: &[ExprRef]) -> Vec<SqlType> {
    let marked = params.iter().zip(args).filter(|(param, _)| matches!(param, Param::Common | Param::CommonOrderable));
    marked.map(|(_, arg)| arg.data_type().clone()).collect()
}

impl Misfit {
    /// How many arguments were found good: the list that got furthest is the one that was meant.
    fn rank(&self) -> usize {
        match self {
            Misfit::Argument(at) => *at,
            Misfit::NothingInCommon | Misfit::NotOrderable(_) => usize::MAX,
        }
    }

    fn error(self, name: &'static str, args: &[ExprRef], candidates: &[&[Param]]) -> firesteel_common::Error {
        match self {
            Misfit::Argument(at) => {
                let params: Vec<Param> = candidates.iter().filter_map(|list| list.get(at).copied()).collect();
                errors::unexpected_input(name, args, at, errors::required_type(&params))
            }
            Misfit::NothingInCommon => {
                let among = candidates.first().map(|params| common_types(params, args)).unwrap_or_default();
                errors::different_types(name, args, &among)
            }
            Misfit::NotOrderable(data_type) => errors::not_orderable(name, args, &data_type),
        }
    }
}
