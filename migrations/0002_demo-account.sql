ALTER TABLE `users` ADD `is_demo` integer DEFAULT false NOT NULL;
--> statement-breakpoint
UPDATE `users` SET `is_demo` = true WHERE `email` = 'demo@satchel.example' AND `name` = 'Demo Traveller' AND `website` IS NULL;
