//! Keeping one account from crowding out the others: what it sends waits in a line of its own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// Uploads that one account may have under way.
const UNDER_WAY: usize = 3;

/// A line for each account that sends something now.
#[derive(Clone, Debug, Default)]
pub struct Lines(Arc<Mutex<HashMap<Uuid, Line>>>);

#[derive(Clone, Debug)]
struct Line {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// A place in an account's line.
#[derive(Debug)]
pub struct Place {
    turn: Arc<Semaphore>,
    _place: OwnedSemaphorePermit,
}

impl Lines {
    /// A place in the account's line, or nothing when it has enough under way.
    #[must_use]
    pub fn join(&self, account: Uuid) -> Option<Place> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Lines in which nobody stands any more are forgotten.
        lines.retain(|known, line| *known == account || line.places.available_permits() < UNDER_WAY);
        let fresh = || Line { places: Arc::new(Semaphore::new(UNDER_WAY)), turn: Arc::new(Semaphore::new(1)) };
        let line = lines.entry(account).or_insert_with(fresh).clone();
        let place = line.places.try_acquire_owned().ok()?;
        Some(Place { turn: line.turn, _place: place })
    }
}

impl Place {
    /// Waits until nothing else of the same account is worked on; it is this one's turn until dropped.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turn).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn three_may_wait_and_one_has_its_turn() {
        let (lines, mine, yours) = (Lines::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        let places: Vec<_> = (0..3).map(|_| lines.join(mine).unwrap()).collect();
        assert!(lines.join(mine).is_none());
        let turn = places[0].turn().await.unwrap();
        assert_eq!(places[1].turn.available_permits(), 0);
        assert!(lines.join(yours).unwrap().turn().await.is_some(), "others have a line of their own");
        drop(turn);
        assert!(places[1].turn().await.is_some());
        drop(places);
        assert!(lines.join(mine).is_some());
    }
}
