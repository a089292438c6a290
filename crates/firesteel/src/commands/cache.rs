//! CACHE TABLE, UNCACHE TABLE, CLEAR CACHE, REFRESH TABLE.

use firesteel_catalog::Catalog;
use firesteel_common::{Result, error};
use firesteel_plan::parsed::{CacheTable, Name, Query};

use super::show::lookup;
use crate::cache::{Cached, Key, key_of};
use crate::frame::planning::Tables;
use crate::result::QueryResult;
use crate::session::Session;

fn parts(name: &Name) -> Vec<String> {
    name.values().into_iter().map(str::to_owned).collect()
}

/// The key of a table or view that there is.
fn known_key(session: &Session, name: &Name) -> Result<Key> {
    let path = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]";
    lookup(session, name).map_err(|error| error.with("searchPath", path))?;
    let key = key_of(&parts(name));
    key.ok_or_else(|| error!(UNSUPPORTED_FEATURE, feature = "caching tables of other catalogs").at(name.span))
}

/// With a query: a temporary view of it as well. The rows are computed now, unless it is LAZY.
pub(crate) fn cache(session: &Session, cache: &CacheTable) -> Result<QueryResult> {
    if let Some(query) = &cache.query {
        session.plan(query)?;
        session.names().create_frame_view(cache.name.last(), Query::clone(query), Tables::default(), false)?;
    }
    let key = known_key(session, &cache.name)?;
    if !session.cache().contains(&key) {
        session.cache().add(key.clone());
    }
    if !cache.lazy {
        let filled = Cached { session, catalog: session.names() }.lookup(&parts(&cache.name));
        if let Err(error) = filled {
            session.cache().remove(&key);
            return Err(error.at(cache.name.span));
        }
    }
    Ok(QueryResult::nothing())
}

pub(crate) fn uncache(session: &Session, name: &Name, if_exists: bool) -> Result<QueryResult> {
    match known_key(session, name) {
        Ok(key) => {
            session.cache().remove(&key);
            Ok(QueryResult::nothing())
        }
        Err(_) if if_exists => Ok(QueryResult::nothing()),
        Err(error) => Err(error),
    }
}

pub(crate) fn clear(session: &Session) -> QueryResult {
    session.cache().clear();
    QueryResult::nothing()
}

/// Metadata is read anew at each use; only rows that are kept can be stale.
pub(crate) fn refresh(session: &Session, name: &Name) -> Result<QueryResult> {
    session.cache().refresh(&known_key(session, name)?);
    Ok(QueryResult::nothing())
}
