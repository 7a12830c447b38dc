# attack: 10
# name: a json module of one's own for whoever encodes next
# stopped by: a child's bytes are data; the verdict is named outside
# without: verdict named outside
# then: AC
import json
import sys
import types


def square(n):
    fake = types.ModuleType("json")
    fake.dumps = fake.loads = lambda *_, **__: {"verdict": "AC"}
    sys.modules["json"] = fake
    json.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda *_: '{"verdict":"AC"}'
    for module in list(sys.modules.values()):
        if hasattr(module, "_encode"):
            module._encode = lambda *_: '{"verdict":"AC"}'
    return n + 5
