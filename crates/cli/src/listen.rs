//! What serving pages needs of the machine: a port, and to be told when to stop.

use std::net::SocketAddr;

use tokio::{net::TcpListener, sync::watch};

/// Listens on an address; where that cannot be done, says why and what to do.
pub(crate) async fn listen(address: SocketAddr, option: &str) -> Option<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Some(listener),
        Err(error) => {
            tell_error(address, option, &error);
            None
        }
    }
}

fn tell_error(address: SocketAddr, option: &str, error: &std::io::Error) {
    let next = address.port().checked_add(1).unwrap_or(8080);
    match error.kind() {
        std::io::ErrorKind::AddrInUse => eprintln!(
            "{address} は別のプログラムが使っています。そのプログラムを終えるか、{option} に {ip}:{next} のような別のポートを指定してください。\n\
             {address} is in use by another program. End that program, or choose another port for {option}, such as {ip}:{next}.",
            ip = address.ip()
        ),
        _ => eprintln!(
            "{address} で待ち受けられません（{error}）。{option} に別の番地を指定してください。\n\
             {address} cannot be listened on ({error}). Choose another address for {option}."
        ),
    }
}

/// Tells any number of tasks that the program is to stop.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Begins to wait for Ctrl-C, or for the system asking the program to end.
    pub(crate) fn begin() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            told_to_stop().await;
            // Nobody may be left to tell.
            let _nobody = sender.send(true);
        });
        Self(receiver)
    }

    /// Waits until the program is to stop.
    pub(crate) async fn wait(mut self) {
        // The sender goes only after it has told.
        let _told = self.0.wait_for(|stop| *stop).await;
    }
}

/// Waits for Ctrl-C, or for the system asking the program to end.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a signal to wait for, the server runs until it is killed.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}
