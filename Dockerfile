# One image for every process of ClipSeek: the workers, the page and the command line.
FROM python:3.11-slim

# An index of packages with builds of torch for processors only makes an image for machines without
# a GPU several gigabytes smaller.
ARG TORCH_INDEX=""

WORKDIR /app
# Apart from the program, so that a change of the program does not install torch again.
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
    torch==2.13.0 torchvision==0.28.0

COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY encoder encoder
COPY catalog catalog
COPY pipeline pipeline
COPY evaluation evaluation
COPY training training
COPY workers workers
COPY search_ui search_ui
RUN pip install --no-cache-dir '.[openclip,s3]'

# Whoever gets into a process that reads foreign files should find little to alter.
RUN useradd --create-home --uid 10001 clipseek \
    && mkdir /library /videos \
    && chown clipseek /library
USER clipseek
WORKDIR /home/clipseek

ENV CLIPSEEK_LIBRARY=/library \
    PYTHONUNBUFFERED=1
VOLUME /library
CMD ["clipseek", "--help"]
