"""The front door with sign-in on: who is there, who may come in, what leaves with every answer. No Streamlit here."""
