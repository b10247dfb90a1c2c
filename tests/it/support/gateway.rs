//! An HTTP gateway that answers as a test wants it.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration as Wait,
};

/// A gateway that notes under which reference each message comes, and answers as it is told.
#[derive(Clone)]
pub struct Gateway {
    address: SocketAddr,
    came: Arc<Mutex<Vec<String>>>,
}

/// What the gateway does with the n-th request, from 0.
pub type Answering = fn(usize) -> &'static str;

pub const TAKEN: &str = "HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\nConnection: close\r\n\r\n0: Accepted for delivery.";

impl Gateway {
    pub fn start(pause: Wait, answering: Answering) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gateway = Self { address: listener.local_addr().unwrap(), came: Arc::default() };
        let came = Arc::clone(&gateway.came);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let came = Arc::clone(&came);
                std::thread::spawn(move || answer(stream, &came, pause, answering));
            }
        });
        gateway
    }

    pub fn url(&self) -> String {
        format!("http://{}/cgi-bin/sendsms?username=portal&password=rahasia", self.address)
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.came.lock().unwrap().len()
    }

    /// How often each reference came.
    pub fn counts(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for reference in self.came.lock().unwrap().iter() {
            *counts.entry(reference.clone()).or_default() += 1;
        }
        counts
    }
}

fn answer(mut stream: TcpStream, came: &Mutex<Vec<String>>, pause: Wait, answering: Answering) {
    let (mut head, mut byte) = (Vec::new(), [0; 1]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let Some((_, rest)) = head.split_once("reference=") else { return };
    let reference = rest.split([' ', '&']).next().unwrap().to_owned();
    let number = {
        let mut came = came.lock().unwrap();
        came.push(reference);
        came.len() - 1
    };
    std::thread::sleep(pause);
    stream.write_all(answering(number).as_bytes()).ok();
}
