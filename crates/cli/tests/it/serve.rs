//! A site as its operator runs it: configuration, TLS, health, and the end.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command},
};

use crate::folder::{run, tsumugi};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    path.display().to_string()
}

fn certificate(folder: &Path) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = write(folder, "site.pem", &made.cert.pem());
    (certificate, write(folder, "tls.key", &made.signing_key.serialize_pem()))
}

fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "20"])
        .args(arguments)
        .output();
    let output = output.expect("curl runs");
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "curl {arguments:?}: {failure}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stop(mut site: Child) {
    let told = Command::new("kill").args(["-TERM", &site.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(site.wait().unwrap().success(), "a site that is told to stop ends well");
}

#[test]
fn every_mistake_of_a_configuration_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file =
        write(folder.path(), "bad.toml", "[site]\nname_jp = \"x\"\n\n[limits]\nconnections = 0\n");
    let (code, _, stderr) = run(tsumugi(&["serve", "--config", &file, "--check-config"]));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("bad.toml:2:1"), "{stderr}");
    assert!(stderr.contains("Did you mean “name_ja”?"), "{stderr}");
    assert!(stderr.contains("bad.toml:5:15") && stderr.contains("65536"), "{stderr}");
}

#[test]
fn a_site_speaks_tls_tells_its_health_and_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(folder.path());
    let (port, watched) = (free_port(), free_port());
    let config = format!(
        "[site]\npublic_url = \"https://localhost:{port}\"\n[record]\nurl = \"sqlite:{0}/record.sqlite\"\n\
         [listen]\naddress = \"127.0.0.1:{port}\"\n\
         [tls]\ncertificate_file = \"{certificate}\"\nkey_file = \"{key}\"\n[logs]\nformat = \"json\"\n\
         [metrics]\naddress = \"127.0.0.1:{watched}\"\n[keys]\nfolder = \"{0}\"\n\
         [collections]\ndata = \"{0}\"\n",
        folder.path().display()
    );
    let config = write(folder.path(), "tsumugi.toml", &config);
    let (code, stdout, stderr) = run(tsumugi(&["serve", "--config", &config, "--check-config"]));
    assert_eq!(code, 0, "{stdout}{stderr}");
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut site =
        tsumugi(&["serve", "--config", &config, "--migrate"]).stderr(log).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(site.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains(&port.to_string()), "{said}");

    let page = format!("https://localhost:{port}/about?q=CANARY");
    let answer = curl(&["--cacert", &certificate, "--include", &page]);
    let head = answer.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 "), "{answer}");
    assert!(head.contains("strict-transport-security: max-age=31536000"), "{answer}");
    assert!(head.contains("x-request-id: "), "{answer}");
    let other =
        curl(&["--cacert", &certificate, "--header", "Host: evil.example", "--include", &page]);
    assert!(other.starts_with("HTTP/1.1 403"), "{other}");
    assert_eq!(
        curl(&["--cacert", &certificate, &format!("https://localhost:{port}/healthz")]),
        "ok\n"
    );
    let hidden = curl(&[
        "--cacert",
        &certificate,
        "--include",
        &format!("https://localhost:{port}/metrics"),
    ]);
    assert!(!hidden.contains("tsumugi_requests_total"), "{hidden}");
    let ready = curl(&[&format!("http://127.0.0.1:{watched}/readyz")]);
    assert!(ready.contains("\"ready\":true"), "{ready}");
    let metrics = curl(&[&format!("http://127.0.0.1:{watched}/metrics")]);
    assert!(metrics.contains("route=\"/about\""), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    stop(site);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("\"route\":\"/about\""), "{log}");
    assert!(!log.contains("CANARY"), "{log}");
}
