//! A hundred people who enter clinical records at once, over HTTP, against a running server.
//!
//! `cargo bench -p cli --bench entry -- --address 127.0.0.1:8080 [--users 100] [--readers 0] [--seconds 20] [--think-ms 0]
//! [--header 'authorization: Bearer …' (a token for read-case-list, read-case and write-case)]
//! [--reader-header 'cookie: tsumugi=…' (a session)] [--serve 'tsumugi serve …'] [--kills 0]`
//!
//! Each person works on a row of their own in one of the cases that the server lists, and saves one field after
//! the other; a save that was not answered is sent again with the same identifier. At the end every field is read
//! again: an acknowledged entry that is not there is a loss, and the program fails. With `--serve` the server is
//! started by that command, and killed (`kill -9`) and started again at random moments as often as `--kills` says;
//! it must listen on `--address`. Readers open one case's page after the other meanwhile. The engine is whatever the server's record is kept in.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// Longest that one answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// Longest that a started server is waited for.
const START_MAX: Duration = Duration::from_secs(60);
/// Rest before an unanswered save is sent again.
const RETRY: Duration = Duration::from_millis(50);
/// Pages of the case list that are read.
const LIST_PAGES_MAX: usize = 20;
/// Items of a row that a person fills in turn.
const ITEMS: [&str; 3] = ["family_age", "family_cancer", "family_relationship"];

struct Options {
    address: SocketAddr,
    users: usize,
    readers: usize,
    seconds: u64,
    think: Duration,
    header: Option<String>,
    reader_header: Option<String>,
    serve: Option<String>,
    kills: u32,
}

impl Options {
    fn read() -> Option<Self> {
        let mut options = Self {
            address: "127.0.0.1:8080".parse().ok()?,
            users: 100,
            readers: 0,
            seconds: 20,
            think: Duration::ZERO,
            header: None,
            reader_header: None,
            serve: None,
            kills: 0,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue;
            }
            let value = arguments.next()?;
            match name.as_str() {
                "--address" => options.address = value.parse().ok()?,
                "--users" => options.users = value.parse().ok()?,
                "--readers" => options.readers = value.parse().ok()?,
                "--seconds" => options.seconds = value.parse().ok()?,
                "--think-ms" => options.think = Duration::from_millis(value.parse().ok()?),
                "--header" => options.header = Some(value),
                "--reader-header" => options.reader_header = Some(value),
                "--serve" => options.serve = Some(value),
                "--kills" => options.kills = value.parse().ok()?,
                _ => return None,
            }
        }
        Some(options)
    }
}

/// One connection that is kept open.
struct Client {
    address: SocketAddr,
    header: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    fn new(options: &Options) -> Self {
        Self::with(options, options.header.as_deref())
    }

    fn with(options: &Options, header: Option<&str>) -> Self {
        let header = header.map_or(String::new(), |header| format!("{header}\r\n"));
        Self { address: options.address, header, stream: None }
    }

    /// Asks, and returns status and body; any failure closes the connection.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Vec<u8>)> {
        let answered = self.try_ask(method, path, body);
        if answered.is_err() {
            self.stream = None;
        }
        answered
    }

    fn try_ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Vec<u8>)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(ANSWER_MAX))?;
                BufReader::new(stream)
            }
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{}accept: application/json\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.header,
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read_answer(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }
}

fn read_answer(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u16, Vec<u8>)> {
    let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(broken)?;
    let (mut length, mut chunked) = (0_usize, false);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(broken());
        }
        let field = line.trim_end().to_ascii_lowercase();
        if field.is_empty() {
            break;
        }
        if let Some(value) = field.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| broken())?;
        }
        chunked |= field.starts_with("transfer-encoding:") && field.contains("chunked");
    }
    let mut body = Vec::new();
    if !chunked {
        body.resize(length, 0);
        stream.read_exact(&mut body)?;
        return Ok((status, body));
    }
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(|_| broken())?;
        let begin = body.len();
        body.resize(begin + size, 0);
        stream.read_exact(&mut body[begin..])?;
        stream.read_line(&mut line)?;
        if size == 0 {
            return Ok((status, body));
        }
    }
}

/// What one person did.
#[derive(Default)]
struct Work {
    milliseconds: Vec<f64>,
    acknowledged: u64,
    retries: u64,
    errors: Vec<String>,
    /// The newest acknowledged entry into each field: case, address, entry.
    newest: Vec<(String, String, String)>,
}

fn main() -> ExitCode {
    let Some(options) = Options::read() else {
        eprintln!("usage: see the head of crates/cli/benches/entry.rs");
        return ExitCode::from(2);
    };
    let mut server = options.serve.as_ref().map(|command| start(command, &options));
    let cases = list_cases(&options);
    assert!(!cases.is_empty(), "the server lists no case; fill it first");
    let stop = Arc::new(AtomicBool::new(false));
    let going = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let people: Vec<_> = (0..options.users)
        .map(|user| {
            let case = cases[user % cases.len()].clone();
            let (client, think) = (Client::new(&options), options.think);
            let (stop, going) = (Arc::clone(&stop), Arc::clone(&going));
            thread::spawn(move || work(user, &case, client, think, &stop, &going))
        })
        .collect();
    let readers: Vec<_> = (0..options.readers)
        .map(|reader| {
            let client = Client::with(&options, options.reader_header.as_deref());
            let (cases, think) = (cases.clone(), options.think);
            let stop = Arc::clone(&stop);
            thread::spawn(move || read(reader, &cases, client, think, &stop))
        })
        .collect();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for kill in 0..options.kills {
        thread::sleep(Duration::from_millis(random.random_range(200..1_800)));
        if let (Some(child), Some(command)) = (&mut server, &options.serve) {
            child.kill().expect("the server can be killed");
            child.wait().expect("the server ends");
            *child = start(command, &options);
            eprintln!("killed {} times, {} saves so far", kill + 1, going.load(Ordering::Relaxed));
        }
    }
    thread::sleep(Duration::from_secs(options.seconds).saturating_sub(begun.elapsed()));
    stop.store(true, Ordering::Relaxed);
    let done: Vec<Work> = people.into_iter().map(|one| one.join().expect("nobody fails")).collect();
    let read: Vec<Work> =
        readers.into_iter().map(|one| one.join().expect("nobody fails")).collect();
    let took = begun.elapsed();
    let lost = verify(&options, &done);
    if let Some(mut child) = server {
        child.kill().expect("the server can be ended");
        child.wait().expect("the server ends");
    }
    tell(&options, &done, &read, took, lost)
}

fn start(command: &str, options: &Options) -> Child {
    let mut words = command.split_whitespace();
    let mut child = Command::new(words.next().expect("a command"))
        .args(words)
        .stdout(Stdio::null())
        .spawn()
        .expect("the server starts");
    let begun = Instant::now();
    let mut client = Client::new(options);
    while begun.elapsed() < START_MAX {
        if client.ask("GET", "/api/cases", "").is_ok() {
            return child;
        }
        thread::sleep(RETRY);
    }
    child.kill().expect("the server can be ended");
    child.wait().expect("the server ends");
    panic!("the server does not answer on {}", options.address);
}

fn list_cases(options: &Options) -> Vec<String> {
    let mut client = Client::new(options);
    let (mut cases, mut path) = (Vec::new(), "/api/cases".to_owned());
    for _page in 0..LIST_PAGES_MAX {
        let (status, body) = client.ask("GET", &path, "").expect("the server answers");
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let page: Value = serde_json::from_slice(&body).expect("JSON");
        for case in page["cases"].as_array().into_iter().flatten() {
            cases.push(case["id"].as_str().unwrap_or_default().to_owned());
        }
        match page["next"].as_str() {
            Some(next) if cases.len() < options.users.max(options.readers * 20) => {
                path = format!("/api/cases?after={next}");
            }
            _ => break,
        }
    }
    cases
}

fn identifier(random: &mut ChaCha8Rng) -> String {
    let bits: u128 = random.random();
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x7 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn work(
    user: usize,
    case: &str,
    mut client: Client,
    think: Duration,
    stop: &AtomicBool,
    going: &AtomicU64,
) -> Work {
    let seed = u64::from(std::process::id()) << 32 | user as u64;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let row = identifier(&mut random);
    let path = format!("/api/cases/{case}/record/cells");
    let mut work = Work::default();
    let mut bases: [Option<String>; ITEMS.len()] = Default::default();
    // People do not begin in the same instant.
    thread::sleep(think.mul_f64(random.random_range(0.0..1.0)));
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let place = turn % ITEMS.len();
        let (id, address) =
            (identifier(&mut random), format!("family_member/{row}/{}", ITEMS[place]));
        let entry =
            json!({"id": id, "address": address, "value": format!("{turn}"), "base": bases[place]});
        let body = json!({ "entries": [entry] }).to_string();
        let begun = Instant::now();
        let acknowledged = loop {
            match client.ask("POST", &path, &body) {
                Ok((200, body)) => break serde_json::from_slice::<Value>(&body).ok(),
                // The record is away for a moment.
                Ok((503, _)) | Err(_) if !stop.load(Ordering::Relaxed) => {
                    work.retries += 1;
                    thread::sleep(RETRY);
                }
                Ok((status, body)) => {
                    work.errors.push(format!("{status} {}", String::from_utf8_lossy(&body)));
                    break None;
                }
                Err(_) => break None,
            }
        };
        let Some(answer) = acknowledged else { break };
        work.milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
        let outcome = answer["results"][0]["outcome"].as_str().unwrap_or_default();
        if outcome != "saved" {
            work.errors.push(format!("{outcome}: {answer}"));
        }
        work.acknowledged += 1;
        going.fetch_add(1, Ordering::Relaxed);
        bases[place] = Some(id.clone());
        let newest = (case.to_owned(), address, id);
        match work.newest.iter_mut().find(|(_, address, _)| *address == newest.1) {
            Some(there) => *there = newest,
            None => work.newest.push(newest),
        }
        thread::sleep(think.mul_f64(random.random_range(0.5..1.5)));
    }
    work
}

/// Opens pages of cases, drawn anew each time.
fn read(
    reader: usize,
    cases: &[String],
    mut client: Client,
    think: Duration,
    stop: &AtomicBool,
) -> Work {
    let mut random = ChaCha8Rng::seed_from_u64(reader as u64);
    let mut work = Work::default();
    thread::sleep(think.mul_f64(random.random_range(0.0..1.0)));
    while !stop.load(Ordering::Relaxed) {
        let case = &cases[random.random_range(0..cases.len())];
        let begun = Instant::now();
        match client.ask("GET", &format!("/cases/{case}"), "") {
            Ok((200, _)) => work.milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0),
            Ok((503, _)) | Err(_) => {
                work.retries += 1;
                thread::sleep(RETRY);
            }
            Ok((status, body)) => {
                work.errors.push(format!("{status} {}", String::from_utf8_lossy(&body)));
                break;
            }
        }
        thread::sleep(think.mul_f64(random.random_range(0.5..1.5)));
    }
    work
}

/// Reads every field again and counts the acknowledged entries that are not there.
fn verify(options: &Options, done: &[Work]) -> u64 {
    let mut client = Client::new(options);
    let mut lost = 0;
    for (case, address, id) in done.iter().flat_map(|work| &work.newest) {
        let path = format!("/api/cases/{case}/record");
        let (status, body) = client.ask("GET", &path, "").expect("the server answers");
        let record: Value = serde_json::from_slice(&body).unwrap_or_default();
        let there = record["fields"][address].as_array().into_iter().flatten();
        let mut there = there.map(|head| &head["event"]);
        if status != 200 || !there.any(|event| event == id) {
            eprintln!("LOST {case} {address} {id}");
            lost += 1;
        }
    }
    lost
}

/// Returns the times of some people, from the shortest to the longest. Units: milliseconds.
fn times(done: &[Work]) -> Vec<f64> {
    let mut all: Vec<f64> =
        done.iter().flat_map(|work| work.milliseconds.iter().copied()).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn tell(options: &Options, done: &[Work], read: &[Work], took: Duration, lost: u64) -> ExitCode {
    let at = |all: &[f64], share: f64| {
        let place = ((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1));
        all.get(place).copied().unwrap_or(f64::NAN)
    };
    let all = times(done);
    let sum = |of: fn(&Work) -> u64| done.iter().map(of).sum::<u64>();
    let errors: Vec<&String> = done.iter().chain(read).flat_map(|work| &work.errors).collect();
    println!("users        {}", options.users);
    println!("kills        {}", options.kills);
    println!("seconds      {:.1}", took.as_secs_f64());
    println!("acknowledged {}", sum(|work| work.acknowledged));
    println!("per second   {:.0}", all.len() as f64 / took.as_secs_f64());
    println!("p50 ms       {:.1}", at(&all, 0.50));
    println!("p99 ms       {:.1}", at(&all, 0.99));
    println!("max ms       {:.1}", at(&all, 1.0));
    println!("sent again   {}", sum(|work| work.retries));
    println!("errors       {}", errors.len());
    println!("lost         {lost}");
    if !read.is_empty() {
        let all = times(read);
        println!("readers      {}", read.len());
        println!("pages        {}", all.len());
        println!("page p50 ms  {:.1}", at(&all, 0.50));
        println!("page p99 ms  {:.1}", at(&all, 0.99));
    }
    for error in errors.iter().take(5) {
        eprintln!("{error}");
    }
    if lost == 0 && errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
