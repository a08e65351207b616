//! Bodies and heads over a real connection that nobody sends in good faith, and a record that another process
//! holds: each is refused, and the others are served meanwhile.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Command, Stdio},
    time::Duration,
};

use axum::http::{StatusCode, header};
use server::{Door, serve};
use sqlx::Connection as _;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::fixture::Service;

/// Time that a head and a body get in these tests.
const LIMIT: Duration = Duration::from_millis(600);
/// Pause between the bytes of somebody slow.
const PAUSE: Duration = Duration::from_millis(60);
/// After this a test that waits for the server has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server on an address of this machine.
struct Served {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    _task: JoinHandle<()>,
}

impl Served {
    async fn new(service: &Service) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door { head_time_max: LIMIT, ..Door::plain(listener) };
        let (stop, stopped) = oneshot::channel::<()>();
        let state = service.state.clone().with_page_time_max(LIMIT);
        let task = tokio::spawn(async move {
            serve(state, door, async move { drop(stopped.await) }).await.unwrap();
        });
        Self { address, _stop: stop, _task: task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends some bytes at once and returns the answer, up to the closed connection.
    async fn answer_to(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.unwrap();
        read_to_end(&mut stream).await
    }

    /// Sends bytes one by one until the server has had enough, and returns the answer.
    async fn drip(&self, at_once: &str, one_by_one: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(at_once.as_bytes()).await.unwrap();
        let (mut reading, mut writing) = stream.split();
        let dripping = async {
            for byte in one_by_one.bytes().cycle() {
                if writing.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            answer = read_to_end(&mut reading) => answer,
            () = dripping => String::new(),
        }
    }

    /// Asserts that somebody else gets a page.
    async fn assert_serves_others(&self) {
        let request = b"GET /about HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        let answer = self.answer_to(request).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

/// Reads until the server closes; an error of a closed connection ends it too.
async fn read_to_end(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut chunk)).await;
        match read.expect("the server left the connection open") {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn head(path: &str, fields: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n{fields}\r\n"
    )
}

/// Asserts that an answer refuses with a status and a page in words.
fn assert_refused(answer: &str, status: u16, what: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
    assert!(answer.contains("<html") || answer.contains("\"remedy\""), "{what}: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_drips_is_ended_by_the_limit() {
    let service = Service::empty().await;
    let served = Served::new(&service).await;
    let with_length = head("/sign-in", "Content-Length: 4000\r\n");
    let chunked = head("/sign-in", "Transfer-Encoding: chunked\r\n");
    let (dripping, in_chunks, nothing, ()) = tokio::join!(
        served.drip(&with_length, "a"),
        served.drip(&chunked, "1\r\na\r\n"),
        // Nothing at all comes after the head.
        served.answer_to(with_length.as_bytes()),
        served.assert_serves_others(),
    );
    for (what, answer) in [("bytes", dripping), ("chunks", in_chunks), ("nothing", nothing)] {
        assert_refused(&answer, 408, what);
    }
    served.assert_serves_others().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_drips_is_ended_by_the_limit() {
    let service = Service::empty().await;
    let served = Served::new(&service).await;
    let many = (0..40).map(|_| served.drip("GET /about HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", "a"));
    let (answers, silent, ()) = tokio::join!(
        futures_util::future::join_all(many),
        served.answer_to(b""),
        served.assert_serves_others(),
    );
    for answer in answers.iter().chain([&silent]) {
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 408 ");
        assert!(refused, "{answer}");
    }
    served.assert_serves_others().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused_with_and_without_its_length() {
    let service = Service::empty().await;
    let served = Served::new(&service).await;
    let told = head("/sign-in", "Content-Length: 900000000\r\n");
    assert_refused(&served.answer_to(told.as_bytes()).await, 413, "a form that says its length");
    let told = "POST /api/results HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000\r\n\r\n";
    let answer = served.answer_to(told.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "a file that says its length: {answer}");
    // Without a length it is read up to the limit of a form, which is 64 KiB, and no further.
    let mut untold = head("/sign-in", "Transfer-Encoding: chunked\r\n");
    for _ in 0..17 {
        untold.push_str(&format!("1000\r\n{}\r\n", "a".repeat(0x1000)));
    }
    assert_refused(&served.answer_to(untold.as_bytes()).await, 413, "a form without its length");
    // Somebody who never ends is cut off, whether the answer is read or not.
    let mut endless = served.connect().await;
    endless.write_all(head("/sign-in", "Transfer-Encoding: chunked\r\n").as_bytes()).await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let sending = async { while endless.write_all(chunk.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, sending).await.expect("the server read without end");
    served.assert_serves_others().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_contradict_themselves_are_refused() {
    let service = Service::empty().await;
    let served = Served::new(&service).await;
    let garbage = [
        "zz\r\nabc\r\n0\r\n\r\n",
        "-1\r\na\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\na\r\n0\r\n\r\n",
        "3\r\nabcdef\r\n0\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "3;\u{1}=\"\r\n\r\n",
    ];
    for body in garbage {
        let request = head("/sign-in", "Transfer-Encoding: chunked\r\n") + body;
        let answer = served.answer_to(request.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{body:?}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 413 "), "{body:?} is not too large: {answer}");
    }
    let lengths = [
        "Content-Length: 5\r\nContent-Length: 50\r\n",
        "Content-Length: 5, 50\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: gzip, identity\r\n",
    ];
    for fields in lengths {
        // What follows the first five bytes must never be taken for a request of its own.
        let smuggled = "a=b&cGET /about HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
        let request = head("/sign-in", fields) + smuggled;
        let answer = served.answer_to(request.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused && !answer.contains("HTTP/1.1 200 "), "{fields:?}: {answer}");
    }
    for request in ["\r\n\r\n\0\0\0", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}"] {
        let answer = served.answer_to(request.as_bytes()).await;
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(refused, "{request:?}: {answer}");
    }
    served.assert_serves_others().await;
}

/// Run in a process of its own by the next one, with the record's address, it holds the record until its input ends.
#[tokio::test]
async fn hold_the_record() {
    let Some(url) = std::env::args().find(|argument| argument.starts_with("sqlite:")) else {
        return;
    };
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    println!("\nheld");
    let mut rest = String::new();
    assert_eq!(std::io::stdin().read_to_string(&mut rest).unwrap(), 0);
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_held_by_another_process_is_told() {
    let service = Service::filled().await;
    let program = std::env::current_exe().unwrap();
    let url = format!("sqlite:{}", service.folder().join("record.sqlite").display());
    let mut other = Command::new(program)
        .args(["--nocapture", "--exact", "hostile_connections::hold_the_record", &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (input, output) = (other.stdin.take().unwrap(), other.stdout.take().unwrap());
    let mut lines = BufReader::new(output).lines();
    assert!(lines.any(|line| line.unwrap() == "held"), "the other process holds the record");
    let entry = serde_json::json!({"id": "00000000-0000-7000-8000-000000000001",
        "address": "pathological_diagnosis", "value": "x", "base": null});
    let body = serde_json::json!({ "entries": [entry] });
    let path = format!("{}/record/cells", service.case_path("TS-0001").await);
    let refused = service.post_json(&path, &body).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text());
    assert_eq!(refused.header(header::RETRY_AFTER), "5");
    assert!(refused.json()["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    assert_eq!(service.get_as_stranger("/about").await.status, StatusCode::OK, "reading goes on");
    drop(input);
    // What it still says is read, or it would fail for want of a listener.
    let _rest = lines.count();
    assert!(other.wait().unwrap().success());
    let saved = service.post_json(&path, &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    assert_eq!(saved.json()["results"][0]["outcome"], "saved");
}
