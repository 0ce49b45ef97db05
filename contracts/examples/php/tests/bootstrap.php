<?php

declare(strict_types=1);

require_once __DIR__ . '/../vendor/autoload.php';

// The plugin itself needs no Composer.
foreach (['TicagaException', 'TicagaClient', 'SupportPlugin'] as $class) {
    require_once __DIR__ . "/../src/$class.php";
}
