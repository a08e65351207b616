//! A browser as far as signing in needs one: it keeps cookies and sends the forms of pages.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, header},
};
use scraper::{Html, Selector};

use crate::fixture::{Answer, Service, form_with_file};

/// A browser that nobody has signed in with yet.
pub(crate) struct Browser<'a> {
    service: &'a Service,
    pub(crate) cookies: BTreeMap<String, String>,
    page: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(service: &'a Service) -> Self {
        Self { service, cookies: BTreeMap::new(), page: String::new() }
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:8080");
        self.send(request, Body::empty()).await
    }

    /// Sends the form of the page that is open, with the token that the page holds.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let own = ("csrf", token.as_str());
        let fields = std::iter::once(&own).chain(fields);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(path, body).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, body: String) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// Sends a form with a file as it is.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Answer {
        let token = fields.iter().find(|(name, _)| *name == "csrf").map_or("", |(_, value)| value);
        let others: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "csrf").collect();
        let (request, body) = form_with_file(path, token, &others, Some(file));
        self.send(request, Body::from(body)).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if pairs.is_empty() {
            request
        } else {
            request.header(header::COOKIE, pairs.join("; "))
        };
        let answer = self.service.send(request.body(body).unwrap()).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let text = set.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if answer.header("content-type").starts_with("text/html") {
            self.page = answer.text().to_owned();
        }
        answer
    }

    /// Returns the token of the first form on the page.
    pub(crate) fn token(&self) -> String {
        let page = Html::parse_document(&self.page);
        let field = Selector::parse("input[name='csrf']").unwrap();
        let token = page.select(&field).next().and_then(|field| field.attr("value"));
        token.unwrap_or_default().to_owned()
    }
}
