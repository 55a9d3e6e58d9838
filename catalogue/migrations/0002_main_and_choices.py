"""The main file may be other than a notebook, and authors choose how it is run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.RenameField("version", "notebook", "main"),
        migrations.AlterField(
            "version",
            "main",
            models.CharField(max_length=200, help_text="The notebook or CWL file that is run."),
        ),
        migrations.AddField(
            "version", "runtime", models.CharField(max_length=10, default="notebook")
        ),
        migrations.AddField(
            "version",
            "network_json",
            models.JSONField(default=list, help_text="Hosts that its code may ask."),
        ),
        migrations.AddField("version", "is_deterministic", models.BooleanField(default=True)),
    ]
