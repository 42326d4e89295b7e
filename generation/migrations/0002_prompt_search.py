"""What searching prompts needs: see generation/search.py."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE generation_prompt_words "
            "USING fts5(job_id UNINDEXED, prompt, tokenize='unicode61')"
        )
        schema_editor.execute(
            "INSERT INTO generation_prompt_words (job_id, prompt) "
            "SELECT id, prompt FROM generation_job"
        )
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX job_prompt_words ON generation_job "
            "USING gin (to_tsvector('simple'::regconfig, prompt))"
        )


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE generation_prompt_words")
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX job_prompt_words")


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
