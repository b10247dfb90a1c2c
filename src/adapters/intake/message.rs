//! What the child tells its parent: `MessagePack` values one after the other on its standard output.

use std::{io, iter};

use rmp_serde::Serializer;
use rmp_serde::config::BytesMode;
use serde::{Deserialize, Serialize};

use crate::domain::upload::{PageImage, UploadRefusal};

/// One thing the child says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Message {
    /// How large a picture says it is. Sent before it is decoded, so that the parent knows if decoding ends the child.
    Declared { width: u32, height: u32 },
    /// The pages, or the reason why there are none. Always the last.
    Answer(Result<Vec<PageImage>, UploadRefusal>),
}

impl Message {
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // Pictures as bytes, not as lists of numbers, which would take half as much again.
        let mut serializer = Serializer::new(&mut bytes).with_bytes(BytesMode::ForceIterables);
        self.serialize(&mut serializer).map_err(io::Error::other)?;
        Ok(bytes)
    }
}

/// Everything that was said in full.
pub(super) fn all(mut said: &[u8]) -> impl Iterator<Item = Message> {
    iter::from_fn(move || rmp_serde::from_read(&mut said).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard_up_to_where_it_breaks_off() {
        let page = PageImage { jpeg: vec![0xFF; 300], preview: vec![200; 20], width: 20, height: 30 };
        let messages = [
            Message::Declared { width: 2, height: 3 },
            Message::Answer(Ok(vec![page.clone(), page])),
            Message::Answer(Err(UploadRefusal::TooManyPixels { width: 4, height: 5 })),
        ];
        let said: Vec<u8> = messages.iter().flat_map(|message| message.to_bytes().unwrap()).collect();
        assert!(said.len() < 800, "pictures travel as bytes");
        assert_eq!(all(&said).collect::<Vec<_>>(), messages);
        assert_eq!(all(&said[..said.len() - 1]).collect::<Vec<_>>(), messages[..2]);
    }
}
