//! Arguments by name, put where the function expects them.
//!
//! ```text
//! f(1, c => 3, b => 2)   with parameters a, b, c   →   f(1, 2, 3)
//! ```

use firesteel_common::names::{quote, quote_parts, same_name, suggestions};
use firesteel_common::{Result, Span, error};
use firesteel_plan::parsed::{FunctionArgument, FunctionCall};

/// The call's arguments in the order of the parameters, none of which may be missing if some are named. Functions without
/// names for their parameters take arguments by position only.
pub(crate) fn in_order(call: &FunctionCall, parameters: &[&str], span: Span) -> Result<Vec<FunctionArgument>> {
    let named = call.arguments.iter().position(|argument| argument.name.is_some());
    let positional = match named {
        Some(positional) => positional,
        None if call.arguments.len() < parameters.len() => call.arguments.len(),
        None => return Ok(call.arguments.clone()),
    };
    let routine = || quote_parts(&call.name.values());
    if parameters.is_empty() {
        return Err(error!(NAMED_PARAMETERS_NOT_SUPPORTED, functionName = routine()).at(span));
    }
    let mut slots: Vec<Option<FunctionArgument>> = vec![None; parameters.len()];
    for (slot, argument) in slots.iter_mut().zip(&call.arguments[..positional]) {
        *slot = Some(argument.clone());
    }
    for (at, argument) in call.arguments.iter().enumerate().skip(positional) {
        let Some(name) = &argument.name else {
            let before = call.arguments[..at].iter().rev().find_map(|argument| argument.name.as_ref());
            let before = before.map(|name| quote(&name.value)).unwrap_or_default();
            return Err(
                error!(UNEXPECTED_POSITIONAL_ARGUMENT, routineName = routine(), parameterName = before).at(span)
            );
        };
        let Some(place) = parameters.iter().position(|known| same_name(known, &name.value)) else {
            let proposal = suggestions(&name.value, parameters.iter().copied());
            let proposal = proposal.into_iter().map(quote).collect::<Vec<_>>().join(" ");
            return Err(error!(
                UNRECOGNIZED_PARAMETER_NAME,
                routineName = routine(),
                argumentName = quote(&name.value),
                proposal = proposal
            )
            .at(span));
        };
        let parameter = quote(parameters[place]);
        if place < positional {
            return Err(error!(
                DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_BOTH_POSITIONAL_AND_NAMED,
                routineName = routine(),
                parameterName = parameter
            )
            .at(span));
        }
        if slots[place].is_some() {
            return Err(error!(
                DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_DOUBLE_NAMED_ARGUMENT_REFERENCE,
                routineName = routine(),
                parameterName = parameter
            )
            .at(span));
        }
        slots[place] = Some(FunctionArgument { name: None, value: argument.value.clone() });
    }
    let missing = |(at, _): (usize, &&str)| {
        error!(
            REQUIRED_PARAMETER_NOT_FOUND,
            routineName = routine(),
            parameterName = quote(parameters[at]),
            index = at.to_string()
        )
        .at(span)
    };
    if let Some(hole) = parameters.iter().enumerate().find(|(at, _)| slots[*at].is_none()) {
        return Err(missing(hole));
    }
    Ok(slots.into_iter().flatten().collect())
}
