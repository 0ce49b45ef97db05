<?php return array(
    'root' => array(
        'name' => 'example/plugin',
        'pretty_version' => 'dev-part-packages',
        'version' => 'dev-part-packages',
        'reference' => 'd71618f732ac6bbd72bf9fca01e9f1f191f2883a',
        'type' => 'library',
        'install_path' => __DIR__ . '/../../',
        'aliases' => array(),
        'dev' => true,
    ),
    'versions' => array(
        'example/plugin' => array(
            'pretty_version' => 'dev-part-packages',
            'version' => 'dev-part-packages',
            'reference' => 'd71618f732ac6bbd72bf9fca01e9f1f191f2883a',
            'type' => 'library',
            'install_path' => __DIR__ . '/../../',
            'aliases' => array(),
            'dev_requirement' => false,
        ),
        'ticaga-mock/phpunit' => array(
            'pretty_version' => '0.0.0',
            'version' => '0.0.0.0',
            'reference' => '0aefe1da591808125dbf0d19a271c5e27bf049c5',
            'type' => 'library',
            'install_path' => __DIR__ . '/../ticaga-mock/phpunit',
            'aliases' => array(),
            'dev_requirement' => true,
        ),
    ),
);
