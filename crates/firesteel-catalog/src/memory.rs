//! The catalog of a session: temporary views and registered tables, in memory.

use std::sync::{Arc, PoisonError, RwLock};

use firesteel_common::{Result, bail, names};
use hashbrown::HashMap;

use crate::catalog::{Catalog, Entry, Listing, View};
use crate::table::Table;

/// Temporary views shadow tables. Keys are lower-case names.
#[derive(Debug, Default)]
pub struct MemoryCatalog {
    entries: RwLock<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    views: HashMap<String, (String, Arc<View>)>,
    tables: HashMap<String, (String, Arc<dyn Table>)>,
}

impl MemoryCatalog {
    pub fn register_table(&self, name: &str, table: Arc<dyn Table>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.tables.insert(name.to_lowercase(), (name.to_owned(), table));
    }

    pub fn create_view(&self, name: &str, view: View, replace: bool, if_not_exists: bool) -> Result<()> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let key = name.to_lowercase();
        if entries.views.contains_key(&key) && !replace {
            if if_not_exists {
                return Ok(());
            }
            bail!(TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, relationName = names::quote(name));
        }
        entries.views.insert(key, (name.to_owned(), Arc::new(view)));
        Ok(())
    }

    /// Whether there was one.
    pub fn drop_view(&self, name: &str) -> bool {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.views.remove(&name.to_lowercase()).is_some()
    }

    /// Whether there was one.
    pub fn drop_table(&self, name: &str) -> bool {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.tables.remove(&name.to_lowercase()).is_some()
    }
}

impl Catalog for MemoryCatalog {
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let (key, namespace) = match name {
            [name] => (name, None),
            [namespace, name] => (name, Some(namespace)),
            [catalog, namespace, name] if names::same_name(catalog, "spark_catalog") => (name, Some(namespace)),
            _ => return Ok(None),
        };
        let key = key.to_lowercase();
        match namespace {
            None => {
                let view = entries.views.get(&key).map(|(_, view)| Entry::View(Arc::clone(view)));
                Ok(view.or_else(|| entries.tables.get(&key).map(|(_, table)| Entry::Table(Arc::clone(table)))))
            }
            Some(namespace) if names::same_name(namespace, "default") => {
                Ok(entries.tables.get(&key).map(|(_, table)| Entry::Table(Arc::clone(table))))
            }
            Some(_) => Ok(None),
        }
    }

    fn list(&self) -> Result<Vec<Listing>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let tables = entries.tables.values().map(|(name, _)| Listing {
            namespace: "default".to_owned(),
            name: name.clone(),
            temporary: false,
        });
        let views = entries.views.values().map(|(name, _)| Listing {
            namespace: String::new(),
            name: name.clone(),
            temporary: true,
        });
        let mut listing: Vec<_> = tables.chain(views).collect();
        listing.sort_unstable_by(|a, b| a.name.cmp(&b.name).then_with(|| a.namespace.cmp(&b.namespace)));
        Ok(listing)
    }
}
