//! A stand-in for the Lambda Runtime API, for one function that is asked one thing at a time.
//!
//! It speaks just enough HTTP, with the standard library alone: the measured process is on the
//! other end, and this end should cost nothing.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Where a function under measurement asks for work.
pub(crate) struct RuntimeApi {
    listener: TcpListener,
    address: String,
    open: Option<BufReader<TcpStream>>,
}

/// What a function answered, and when.
pub(crate) struct Answer {
    /// When the event was handed out.
    pub(crate) handed_out: Instant,
    /// When the answer was there.
    pub(crate) at: Instant,
    /// What the function says went wrong.
    pub(crate) error: Option<String>,
}

struct Request {
    path: String,
    body: String,
}

impl RuntimeApi {
    pub(crate) fn open() -> Result<Self, Failure> {
        let cannot = |error| Failure::because("cannot listen on loopback", error);
        let listener = TcpListener::bind("127.0.0.1:0").map_err(cannot)?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?.to_string();
        Ok(Self {
            listener,
            address,
            open: None,
        })
    }

    /// What `AWS_LAMBDA_RUNTIME_API` is to say.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Hands `event` out and waits for what comes back.
    pub(crate) fn invoke(&mut self, event: &str, patience: Duration) -> Result<Answer, Failure> {
        let deadline = Instant::now() + patience;
        let failed = |error: io::Error| Failure::because("the function does not answer", error);
        let request = self.request(deadline).map_err(failed)?;
        if !request.path.ends_with("/invocation/next") {
            return Err(Failure::new(format!(
                "the function cannot start: {} {}",
                request.path, request.body
            )));
        }
        let handed_out = Instant::now();
        self.respond("200 OK", event).map_err(failed)?;
        let answer = self.request(deadline).map_err(failed)?;
        let at = Instant::now();
        self.respond("202 Accepted", "").map_err(failed)?;
        let error = (!answer.path.ends_with("/response")).then_some(answer.body);
        Ok(Answer {
            handed_out,
            at,
            error,
        })
    }

    /// The next request, on the connection that is open or on a new one.
    fn request(&mut self, deadline: Instant) -> io::Result<Request> {
        loop {
            if self.open.is_none() {
                self.open = Some(self.accept(deadline)?);
            }
            if let Some(connection) = &mut self.open
                && let Some(request) = read(connection)?
            {
                return Ok(request);
            }
            self.open = None;
        }
    }

    fn accept(&self, deadline: Instant) -> io::Result<BufReader<TcpStream>> {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    stream.set_nodelay(true)?;
                    let left = deadline.saturating_duration_since(Instant::now());
                    stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
                    return Ok(BufReader::new(stream));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() > deadline {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    // Short enough to be lost in a process's start, long enough to let it start.
                    std::thread::sleep(Duration::from_micros(50));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn respond(&mut self, status: &str, body: &str) -> io::Result<()> {
        let Some(connection) = &mut self.open else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        // One write: a head and a body in two packets would wait for each other.
        let response = format!(
            "HTTP/1.1 {status}\r\nlambda-runtime-aws-request-id: measured\r\n\
             lambda-runtime-deadline-ms: 4102444800000\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:ap-northeast-1:000000000000:function:koeba\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.get_mut().write_all(response.as_bytes())
    }
}

/// One request, or nothing if the other side has closed.
fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        connection.read_line(&mut header)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    let body = if chunked {
        read_chunks(connection)?
    } else {
        read_exactly(connection, length)?
    };
    Ok(Some(Request {
        path,
        body: String::from_utf8_lossy(&body).into_owned(),
    }))
}

fn read_chunks(connection: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        connection.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        body.extend(read_exactly(connection, size)?);
        let mut end = String::new();
        connection.read_line(&mut end)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn read_exactly(connection: &mut BufReader<TcpStream>, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok(body)
}
