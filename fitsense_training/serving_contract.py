"""What one exported step reads and returns; whatever exports a student and the decoder share it.

The new tokens of all rows stand packed behind each other. With `tokens` of them in `rows` rows, the
longest of which reads `length` new ones, and a cache with room for `past`:

- `input_ids`, `positions` (tokens): what is read, and its place in its row, from 0.
- `places` (rows, length): which packed token stands in each place of the rows when they are padded
  on the left; in the padding it is the first of the row, which nothing looks at.
- `slots` (tokens): the place of each packed token among the rows * length.
- `mask` (rows, 1, length, past + length): where a query may look, the cache first. Real tokens
  fill a row of the cache from its beginning without gaps.
- `past_keys.N`, `past_values.N` (rows, kv_heads, past, head_dim) of every layer N.
- `logits` (rows, vocabulary): after the last token of every row.
- `new` (tokens, layers, 2, kv_heads, head_dim): keys and values of the new tokens, for the cache.
"""

INPUTS = ("input_ids", "positions", "places", "slots", "mask")
OUTPUTS = ("logits", "new")
PARTS = ("past_keys", "past_values")


def past_names(count_layers: int) -> tuple[str, ...]:
    """The inputs that carry the cache: keys and values of the first layer, of the second..."""
    return tuple(f"{part}.{index}" for index in range(count_layers) for part in PARTS)
