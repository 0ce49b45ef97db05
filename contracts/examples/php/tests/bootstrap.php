<?php

declare(strict_types=1);

// A plugin with Composer loads vendor/autoload.php instead.
foreach (['src/TicagaException.php', 'src/TicagaClient.php', 'src/SupportPlugin.php', 'tests/TicagaMock.php'] as $file) {
    require_once __DIR__ . '/../' . $file;
}
