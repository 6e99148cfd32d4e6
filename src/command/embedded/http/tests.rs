use super::*;

fn words(line: &[&str]) -> Vec<Word> {
    line.iter().map(|word| holes::word(word.as_bytes(), &Cause::Input)).collect()
}

/// The only file there is says what a refused call would.
fn beside(stdin: &Stdin) -> Inputs<'_> {
    const BODY: &str = r#"{"query":"mutation { volumeDelete }"}"#;
    Inputs { stdin, text_of: &|name| (name == b"body.json").then(|| Value::known(BODY)) }
}

fn sent(dialect: HttpDialect, line: &[&str], stdin: &Stdin) -> Vec<(String, String, String, Vec<String>)> {
    let text = |word: &Word| word.shown().to_string();
    let fields = |request: &Request| request.graphql.iter().map(|one| one.field.to_string()).collect();
    requests(dialect, &words(line), &beside(stdin))
        .iter()
        .map(|one| (text(&one.method), text(&one.host), text(&one.path), fields(one)))
        .collect()
}

fn one(dialect: HttpDialect, line: &[&str]) -> (String, String) {
    let all = sent(dialect, line, &Stdin::Inherited);
    assert_eq!(all.len(), 1, "{line:?}: {all:?}");
    (all[0].0.clone(), format!("{}{}", all[0].1, all[0].2))
}

#[test]
fn curl_methods_in_every_spelling() {
    let url = "https://h/x";
    for (line, method) in [
        (&["curl", url][..], "GET"),
        (&["curl", "-X", "DELETE", url], "DELETE"),
        (&["curl", "-XDELETE", url], "DELETE"),
        (&["curl", "-sSfXdelete", url], "DELETE"),
        (&["curl", "--request", "DELETE", url], "DELETE"),
        (&["curl", "--silen", "--request", "DELETE", "--url", url], "DELETE"),
        (&["curl", url, "-d", "a=b"], "POST"),
        (&["curl", url, "--json", "{}"], "POST"),
        (&["curl", url, "-F", "a=@b"], "POST"),
        (&["curl", "-G", url, "-d", "a=b"], "GET"),
        (&["curl", "-T", "f", url], "PUT"),
        (&["curl", "-I", url], "HEAD"),
        (&["curl", "-Q", "DELE x", "-X", "LIST", url], "DELE"),
    ] {
        let all = sent(HttpDialect::Curl, line, &Stdin::Inherited);
        assert_eq!((all[0].0.as_str(), all[0].1.as_str()), (method, "h"), "{line:?}");
    }
    assert!(sent(HttpDialect::Curl, &["curl", "--help", "all"], &Stdin::Inherited).is_empty());
    assert!(sent(HttpDialect::Curl, &["curl", "-V"], &Stdin::Inherited).is_empty());
}

#[test]
fn curl_groups_are_parted_by_next() {
    let line = ["curl", "https://a/1", "https://a/2", "--next", "-X", "DELETE", "https://b/3"];
    let all = sent(HttpDialect::Curl, &line, &Stdin::Inherited);
    let seen: Vec<_> = all.iter().map(|one| (one.0.as_str(), one.1.as_str())).collect();
    assert_eq!(seen, [("GET", "a"), ("GET", "a"), ("DELETE", "b")]);
}

#[test]
fn curl_reads_its_configuration_from_a_known_input_only() {
    let text = Stdin::Text(Value::known("request = \"DELETE\"\nurl = https://h/x\n"));
    assert_eq!(sent(HttpDialect::Curl, &["curl", "-K", "-"], &text)[0].0, "DELETE");
    let all = requests(HttpDialect::Curl, &words(&["curl", "-K", "f"]), &beside(&Stdin::Inherited));
    assert_eq!((all.len(), all[0].answer), (1, Answer::CannotTell));
}

#[test]
fn graphql_is_found_in_every_kind_of_body() {
    let url = "https://backboard.railway.app/graphql/v2";
    let json = r#"{"query":"mutation { volumeDelete(volumeId: \"x\") }"}"#;
    for line in [
        &["curl", url, "-d", json][..],
        &["curl", url, "--json", json],
        &["curl", url, "--data-raw", json],
        &["curl", url, "--data-binary", "{\"query\":\"mutation {\n volumeDelete\n}\"}"],
        &["curl", url, "-d", r#"{"variables": guarded_hole, "query": "mutation { volumeDelete(id: \"$x\") }"}"#],
        &["curl", url, "-d", r#"[{"query":"{ me }"},{"query":"mutation { volumeDelete }"}]"#],
        &["curl", url, "-H", "Content-Type: application/graphql", "-d", "mutation { volumeDelete }"],
        &["curl", url, "-d", "query=mutation%20%7B%20volumeDelete%20%7D"],
        &["curl", url, "--data-urlencode", "query=mutation { volumeDelete }"],
        &["curl", "-G", "https://h/graphql?query=mutation+{volumeDelete}"],
        &["curl", url, "-F", "operations={\"query\":\"mutation { volumeDelete }\"}"],
        &["curl", url, "-d", "{query: mutation { volumeDelete(id: 1) }}"],
    ] {
        let all = sent(HttpDialect::Curl, line, &Stdin::Inherited);
        assert_eq!(all[0].3.first().map(String::as_str), Some("volumeDelete"), "{line:?}");
    }
    let piped = Stdin::Text(Value::known(json));
    assert_eq!(sent(HttpDialect::Curl, &["curl", url, "-d", "@-"], &piped)[0].3, ["volumeDelete"]);
    assert_eq!(sent(HttpDialect::Httpie, &["http", url], &piped)[0].3, ["volumeDelete"]);
    let wget = ["wget", "-qO-", "--post-data", json, url];
    assert_eq!(sent(HttpDialect::Wget, &wget, &Stdin::Inherited)[0].3, ["volumeDelete"]);
    let item = ["http", "POST", url, "query=mutation { volumeDelete }"];
    assert_eq!(sent(HttpDialect::Httpie, &item, &Stdin::Inherited)[0].3, ["volumeDelete"]);
    let gh = ["gh", "api", "graphql", "-f", "query=mutation { deleteRef(input: {refId: \"x\"}) { id } }"];
    assert_eq!(sent(HttpDialect::GhApi, &gh, &Stdin::Inherited)[0].3, ["deleteRef"]);
}

#[test]
fn a_body_in_a_file_is_read_in_every_spelling() {
    let url = "https://h/graphql";
    let from = Stdin::File(Word::known("body.json"));
    for (client, line, stdin) in [
        (HttpDialect::Curl, &["curl", url, "--json", "@body.json"][..], &Stdin::Inherited),
        (HttpDialect::Curl, &["curl", url, "-d@body.json"], &Stdin::Inherited),
        (HttpDialect::Curl, &["curl", url, "--data-binary", "@-"], &from),
        (HttpDialect::Curl, &["curl", url, "-F", "operations=<body.json;type=application/json"], &Stdin::Inherited),
        (HttpDialect::Wget, &["wget", "--post-file=body.json", url], &Stdin::Inherited),
        (HttpDialect::Httpie, &["http", "POST", url, "@body.json"], &Stdin::Inherited),
        (HttpDialect::Httpie, &["http", url], &from),
        (HttpDialect::GhApi, &["gh", "api", "graphql", "--input", "body.json"], &Stdin::Inherited),
    ] {
        assert_eq!(sent(client, line, stdin)[0].3, ["volumeDelete"], "{line:?}");
    }
}

#[test]
fn a_list_of_addresses_is_read_line_by_line() {
    let listed = |text: Option<&str>| {
        let text_of = |name: &[u8]| text.filter(|_| name == b"urls.txt").map(Value::known);
        let inputs = Inputs { stdin: &Stdin::Inherited, text_of: &text_of };
        requests(HttpDialect::Wget, &words(&["wget", "--input-file=urls.txt"]), &inputs)
    };
    let all = listed(Some("https://h/a\n\n http://db:8123/?query=DROP+TABLE+x\n"));
    let paths: Vec<_> = all.iter().map(|one| (one.path.text().unwrap_or_default().to_vec(), one.answer)).collect();
    assert_eq!(paths, [(b"/a".to_vec(), Answer::Yes), (b"/?query=DROP+TABLE+x".to_vec(), Answer::Yes)]);
    let unread = listed(None);
    assert_eq!(unread.len(), 1);
    assert!(unread[0].host.text().is_none() && unread[0].method.text() == Some(b"GET"));
}

#[test]
fn a_document_that_is_not_seen_is_told_and_other_bodies_are_none() {
    let unread = |line: &[&str]| {
        let all = requests(HttpDialect::Curl, &words(line), &beside(&Stdin::Inherited));
        all[0].graphql.iter().any(|one| one.answer == Answer::CannotTell)
    };
    assert!(unread(&["curl", "https://h/graphql", "-d", "@query.json"]));
    assert!(unread(&["curl", "https://h/graphql", "-d", "guarded_hole"]));
    assert!(unread(&["curl", "https://h/graphql", "-d", "{\"query\": guarded_hole}"]));
    for body in
        ["{\"query\":{\"match_all\":{}}}", "a=b", "{\"query\":\"{ me { id } }\"}", "{\"note\":\"mutation { x }\"}"]
    {
        let all = sent(HttpDialect::Curl, &["curl", "https://h/graphql", "-d", body], &Stdin::Inherited);
        assert!(all[0].3.is_empty(), "{body}");
    }
}

#[test]
fn unknown_words_are_not_taken_for_a_plain_get() {
    let mut line = words(&["curl", "https://h/x"]);
    line.push(Word::unknown(Cause::Variable("ARGS".into())));
    let Some(last) = line.last_mut() else { panic!("there are words") };
    last.written = "$ARGS".into();
    if let Value::Unknown(shape) = &mut last.value {
        shape.splits = true;
    }
    let all = requests(HttpDialect::Curl, &line, &beside(&Stdin::Inherited));
    assert_eq!(all[0].answer, Answer::CannotTell);
    assert!(matches!(all[0].method.value, Value::Unknown(_)));
    let quoted =
        requests(HttpDialect::Curl, &words(&["curl", "-s", "guarded_hole/health"]), &beside(&Stdin::Inherited));
    assert_eq!((quoted.len(), quoted[0].answer), (1, Answer::Yes));
}

#[test]
fn the_other_clients() {
    assert_eq!(one(HttpDialect::Wget, &["wget", "--method=DELETE", "h/x"]), ("DELETE".into(), "h/x".into()));
    assert_eq!(one(HttpDialect::Wget, &["wget", "-q", "h/x"]), ("GET".into(), "h/x".into()));
    assert_eq!(one(HttpDialect::Httpie, &["http", "delete", "h/x"]), ("DELETE".into(), "h/x".into()));
    assert_eq!(one(HttpDialect::Httpie, &["http", ":80/x", "a==b"]), ("GET".into(), "localhost/x".into()));
    assert_eq!(one(HttpDialect::Httpie, &["xh", ":9200/x", "a:=1"]), ("POST".into(), "localhost:9200/x".into()));
    let gh = |line: &[&str]| one(HttpDialect::GhApi, line);
    assert_eq!(gh(&["gh", "api", "-X", "DELETE", "repos/o/r"]), ("DELETE".into(), "api.github.com/repos/o/r".into()));
    assert_eq!(gh(&["gh", "api", "/user"]), ("GET".into(), "api.github.com/user".into()));
    assert_eq!(gh(&["gh", "api", "x", "-f", "a=b"]).0, "POST");
    assert_eq!(gh(&["glab", "api", "projects/1"]), ("GET".into(), "gitlab.com/api/v4/projects/1".into()));
    assert!(sent(HttpDialect::GhApi, &["gh", "pr", "list"], &Stdin::Inherited).is_empty());
}

#[test]
fn curl_expands_its_own_variables_and_reads_nested_configurations() {
    let url = "https://h/graphql";
    let body = r#"b={"query":"mutation { volumeDelete }"}"#;
    let sent = |line: &[&str]| sent(HttpDialect::Curl, line, &Stdin::Inherited);
    let all = sent(&["curl", "--variable", "m=DELETE", "--expand-request", "{{m}}", url]);
    assert_eq!(all[0].0, "DELETE");
    let all = sent(&["curl", "--variable", "h=a.example", "-XDELETE", "--expand-url", "https://{{h:trim}}/x"]);
    assert_eq!((all[0].1.as_str(), all[0].2.as_str()), ("a.example", "/x"));
    assert_eq!(sent(&["curl", "--variable", body, "--expand-data-raw", "{{b}}", url])[0].3, ["volumeDelete"]);
    assert_eq!(sent(&["curl", "--variable", "b@body.json", "--expand-json", "{{b}}", url])[0].3, ["volumeDelete"]);
    for unknown in ["{{nobody}}", "{{m:url}}"] {
        let line = words(&["curl", "--variable", "m=GET", "--expand-request", unknown, url]);
        let all = requests(HttpDialect::Curl, &line, &beside(&Stdin::Inherited));
        assert!(matches!(all[0].method.value, Value::Unknown(_)), "{unknown}");
    }
    assert_eq!(sent(&["curl", url, "--url-query", "query=mutation { volumeDelete }"])[0].3, ["volumeDelete"]);
    let files = |name: &[u8]| match name {
        b"a" => Some(Value::known("config = b\n")),
        b"b" => Some(Value::known("request = DELETE\nconfig = a\n")),
        _ => None,
    };
    let inputs = Inputs { stdin: &Stdin::Inherited, text_of: &files };
    let all = requests(HttpDialect::Curl, &words(&["curl", "-K", "a", url]), &inputs);
    assert_eq!((all[0].method.text(), all[0].answer), (Some(&b"DELETE"[..]), Answer::CannotTell));
}

#[test]
fn a_method_that_stands_in_a_header_or_a_form_counts() {
    let url = "https://h/x";
    for (client, line) in [
        (HttpDialect::Curl, &["curl", "-X", "POST", url, "-H", "X-HTTP-Method-Override: DELETE"][..]),
        (HttpDialect::Curl, &["curl", "-d", "", url, "-H", "x-http-method:delete"]),
        (HttpDialect::Curl, &["curl", "-d", "a=b&_method=DELETE", url]),
        (HttpDialect::Curl, &["curl", "-F", "_method=DELETE", url]),
        (HttpDialect::Curl, &["curl", "-X", "POST", "https://h/x?a=b&_method=delete"]),
        (HttpDialect::Wget, &["wget", "--post-data", "_method=DELETE", url]),
        (HttpDialect::Wget, &["wget", "--post-data=", "--header=X-Method-Override: DELETE", url]),
        (HttpDialect::Wget, &["wget", "-e", "method = DELETE", url]),
        (HttpDialect::GhApi, &["gh", "api", "-X", "POST", "-H", "X-HTTP-Method-Override: DELETE", url]),
        (HttpDialect::Httpie, &["http", "POST", url, "X-HTTP-Method-Override:DELETE"]),
        (HttpDialect::Httpie, &["http", "-f", url, "_method=DELETE"]),
    ] {
        assert_eq!(sent(client, line, &Stdin::Inherited)[0].0, "DELETE", "{line:?}");
    }
    for line in [
        &["curl", url, "-H", "X-HTTP-Method-Override: DELETE"][..],
        &["curl", "-d", "note=_method=DELETE", url],
        &["curl", "-d", "{\"_method\": 1}", url],
        &["curl", "-X", "POST", url, "-H", "X-Note: DELETE"],
    ] {
        assert_ne!(sent(HttpDialect::Curl, line, &Stdin::Inherited)[0].0, "DELETE", "{line:?}");
    }
}

#[test]
fn the_operation_that_is_named_is_the_one_that_runs() {
    let url = "https://h/graphql";
    let body = |name: &str| {
        format!(r#"{{"query":"mutation A {{ createX }} mutation B {{ volumeDelete }}","operationName":{name}}}"#)
    };
    for (name, fields) in [
        ("\"A\"", &["createX"][..]),
        ("\"B\"", &["volumeDelete"]),
        ("null", &["createX", "volumeDelete"]),
        ("\"C\"", &["createX", "volumeDelete"]),
    ] {
        let body = body(name);
        assert_eq!(sent(HttpDialect::Curl, &["curl", url, "-d", &body], &Stdin::Inherited)[0].3, fields, "{name}");
    }
    let item = ["http", "POST", url, "query:=\"mutation { volumeDelete }\""];
    assert_eq!(sent(HttpDialect::Httpie, &item, &Stdin::Inherited)[0].3, ["volumeDelete"]);
}
