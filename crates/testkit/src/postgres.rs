//! A real PostgreSQL server for tests: one for each test process, a fresh database for each test.
//!
//! The server is kept by a small shell script that reads commands from a pipe. When the test process
//! ends, however it ends, the pipe closes, and the script stops the server and removes its folder.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Whether the server makes commits durable. Tests need not wait for the disk; measurements must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Commits wait for the disk.
    Full,
    /// Commits do not wait.
    None,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    keeper: Mutex<Keeper>,
    databases: AtomicU32,
}

#[derive(Debug)]
struct Keeper {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

const KEEPER: &str = r#"
set -u
programs=$1 fsync=$2
folder=$(mktemp -d /tmp/tsumugi-postgres.XXXXXX) || exit 1
server=
stop() {
    [ -z "$server" ] && return
    kill -QUIT "$server" 2>/dev/null
    wait "$server" 2>/dev/null
    server=
}
start() {
    "$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync="$fsync" \
        -c max_connections=200 -c log_min_messages=fatal >>"$folder/log" 2>&1 &
    server=$!
    tries=0
    until "$programs/pg_isready" -q -h "$folder" -U tsumugi; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ]; then echo "failed"; return; fi
        sleep 0.1
    done
    echo "ready $folder"
}
end() {
    stop
    rm -rf "$folder"
    exit 0
}
trap end INT TERM HUP
"$programs/initdb" -D "$folder/data" -U tsumugi -A trust --no-sync --locale=C --encoding=UTF8 \
    >"$folder/log" 2>&1 || { echo "failed"; cat "$folder/log" >&2; rm -rf "$folder"; exit 1; }
start
while read -r command; do
    case $command in
        stop) stop; echo stopped ;;
        start) start ;;
    esac
done
end
"#;

impl Server {
    /// Starts a server of its own, or returns `None` after a `SKIPPED` line where there is no PostgreSQL.
    ///
    /// Most tests want [`database`] instead.
    ///
    /// # Panics
    /// Where PostgreSQL is installed but does not start, and in continuous integration where it is absent.
    pub fn start(durability: Durability) -> Option<Self> {
        let Some(programs) = find_programs() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "continuous integration must have PostgreSQL (initdb on PATH or in /usr/lib/postgresql)"
            );
            eprintln!(
                "SKIPPED: PostgreSQL is absent (no initdb on PATH or in /usr/lib/postgresql)"
            );
            return None;
        };
        let fsync = match durability {
            Durability::Full => "on",
            Durability::None => "off",
        };
        let mut command = as_unprivileged();
        let mut child = command
            .args(["sh", "-c", KEEPER, "keeper"])
            .arg(&programs)
            .arg(fsync)
            .current_dir("/tmp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the shell that keeps PostgreSQL starts");
        let commands = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().expect("the keeper's answers"));
        let answer = read_answer(&mut answers);
        let folder = answer
            .strip_prefix("ready ")
            .unwrap_or_else(|| panic!("PostgreSQL in {} did not start", programs.display()));
        Some(Self {
            programs,
            folder: PathBuf::from(folder),
            keeper: Mutex::new(Keeper { child, commands, answers }),
            databases: AtomicU32::new(0),
        })
    }

    /// Makes a fresh database and returns its URL.
    ///
    /// # Panics
    /// Where the database cannot be made.
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let made = Command::new(self.programs.join("createdb"))
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", "tsumugi", &name])
            .status()
            .expect("createdb runs");
        assert!(made.success(), "createdb {name} failed");
        format!("postgres://tsumugi@localhost/{name}?host={}", self.folder.display())
    }

    /// Stops the server at once, as a crash would; connections break.
    pub fn stop(&self) {
        assert_eq!(self.tell("stop"), "stopped");
    }

    /// Starts the server again on the same data.
    pub fn start_again(&self) {
        assert!(self.tell("start").starts_with("ready "), "PostgreSQL did not start again");
    }

    fn tell(&self, command: &str) -> String {
        let mut keeper = self.keeper.lock().expect("the keeper is not poisoned");
        let commands = keeper.commands.as_mut().expect("the keeper listens");
        writeln!(commands, "{command}").expect("the keeper reads");
        commands.flush().expect("the keeper reads");
        read_answer(&mut keeper.answers)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(mut keeper) = self.keeper.lock() {
            keeper.commands.take();
            let _stopped = keeper.child.wait();
        }
    }
}

/// Returns the URL of a fresh database on this process's server, or `None` where there is no PostgreSQL.
pub fn database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(Durability::None)).as_ref().map(Server::database)
}

fn read_answer(answers: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    answers.read_line(&mut line).expect("the keeper answers");
    line.trim_end().to_owned()
}

/// PostgreSQL refuses to run as root; root runs it as the user that its package makes.
fn as_unprivileged() -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|metadata| {
        use std::os::unix::fs::MetadataExt;
        metadata.uid() == 0
    });
    if is_root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]);
        command
    } else {
        Command::new("env")
    }
}

/// Returns the folder that has the programs: from `PATH`, or else the newest of Debian's.
fn find_programs() -> Option<PathBuf> {
    const PROGRAMS: [&str; 4] = ["initdb", "postgres", "pg_isready", "createdb"];
    let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|name| folder.join(name).is_file());
    // A link on PATH leads to the folder that has the rest.
    let real =
        |folder: PathBuf| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let from_path = std::env::split_paths(&path).filter_map(real).find(has_all);
    from_path.or_else(|| {
        let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).ok()?;
        let version_of = |folder: &PathBuf| {
            let version = folder.parent()?.file_name()?.to_str()?;
            version.parse::<u32>().ok()
        };
        versions
            .filter_map(|version| Some(version.ok()?.path().join("bin")))
            .filter(has_all)
            .max_by_key(version_of)
    })
}
