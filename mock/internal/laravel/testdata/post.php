<?php
// What record.php lets PHP's web server answer with.
echo json_encode((object) $_POST, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
