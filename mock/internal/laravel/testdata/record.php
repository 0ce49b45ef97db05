<?php
// Writes PHP's own answers beside the bodies in php-forms.json, php-json.json and php-multipart.json.
// To ask PHP something new, add {"body": "..."} to one of them and run: php record.php

function record(string $file, callable $ask): void
{
    $path = __DIR__ . '/' . $file;
    $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;
    $rows = [];
    foreach (json_decode(file_get_contents($path), true, 512, JSON_THROW_ON_ERROR)['rows'] as $row) {
        $sent = array_intersect_key($row, ['body' => 1, 'type' => 1]);
        $rows[] = json_encode($sent + $ask(...$sent), $flags);
    }
    file_put_contents($path, '{"php": "' . PHP_VERSION . "\", \"rows\": [\n" . implode(",\n", $rows) . "\n]}\n");
}

record('php-forms.json', function (string $body): array {
    @parse_str($body, $fields); // it warns where names nest too deep
    return ['fields' => (object) $fields];
});

record('php-json.json', function (string $body): array {
    json_decode($body, true);
    return ['error' => json_last_error_msg()];
});

// Only a web server parses multipart bodies. PHP's own answers with $_POST.
$port = 20000 + getmypid() % 10000;
$server = proc_open(['php', '-d', 'display_errors=0', '-S', "127.0.0.1:$port", __DIR__ . '/post.php'], [2 => ['file', '/dev/null', 'w']], $pipes);
for ($tries = 0; $tries < 100 && !@fsockopen('127.0.0.1', $port); $tries++) {
    usleep(50000);
}
record('php-multipart.json', function (string $body, string $type) use ($port): array {
    $options = ['http' => ['method' => 'POST', 'header' => 'Content-Type: ' . $type, 'content' => $body]];
    $answer = file_get_contents("http://127.0.0.1:$port/", false, stream_context_create($options));
    return ['fields' => json_decode($answer, false, 512, JSON_THROW_ON_ERROR)];
});
proc_terminate($server);
