//! Which part of the queue an officer works through: it goes along in the address of a case, so that the way back and the next
//! case are of the same part.

use crate::{
    domain::{category::Category, region::RegionCode, status::Status},
    web::form::parameter,
};

/// A part of the queue; what is empty is the usual one: what waits for a decision, of every category, at one's own counter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The step.
    pub step: Option<Status>,
    /// One category alone.
    pub category: Option<Category>,
    /// Another counter than one's own.
    pub counter: Option<RegionCode>,
}

impl Filter {
    /// What stands in an address.
    pub fn read(query: Option<&str>) -> Self {
        Self {
            step: parameter(query, "langkah").and_then(|code| Status::parse(&code)),
            category: parameter(query, "ket").and_then(|code| Category::parse(&code)),
            counter: parameter(query, "titik").and_then(|code| RegionCode::parse(&code)),
        }
    }

    /// An address with this part of the queue in it.
    pub fn along(&self, address: &str) -> String {
        let step = self.step.filter(|step| *step != Status::Diajukan).map(|step| format!("langkah={}", step.code()));
        let category = self.category.map(|category| format!("ket={}", category.code()));
        let counter = self.counter.as_ref().map(|counter| format!("titik={counter}"));
        let parameters: Vec<String> = [step, category, counter].into_iter().flatten().collect();
        if parameters.is_empty() {
            return address.to_owned();
        }
        let (page, place) = address.split_once('#').map_or((address, String::new()), |(page, place)| (page, format!("#{place}")));
        let sign = if page.contains('?') { '&' } else { '?' };
        format!("{page}{sign}{}{place}", parameters.join("&"))
    }
}
