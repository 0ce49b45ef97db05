<?php
// Writes PHP's own answers beside the bodies in php-forms.json and php-json.json.
// To ask PHP something new, add {"body": "..."} to one of them and run: php record.php

function record(string $file, callable $ask): void
{
    $path = __DIR__ . '/' . $file;
    $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;
    $rows = [];
    foreach (json_decode(file_get_contents($path), true, 512, JSON_THROW_ON_ERROR)['rows'] as ['body' => $body]) {
        $rows[] = json_encode(['body' => $body] + $ask($body), $flags);
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
