"""Numbers that pass the elfproef, made by counting: nobody's in particular."""

FIRST = 80_000_000  # eight digits; the ninth follows from them


def numbers(count, skip=0):
    """The first `count` after `skip` of them, in rising order, as text."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2)
    low = [sum(weight * int(digit) for weight, digit in zip(weights[4:], f"{n:04d}")) for n in range(10_000)]
    seen = 0
    for high in range(FIRST // 10_000, 10_000):
        base = sum(weight * int(digit) for weight, digit in zip(weights, f"{high:04d}"))
        for n in range(10_000):
            check = (base + low[n]) % 11
            if check == 10:
                continue
            seen += 1
            if seen > skip:
                yield f"{high:04d}{n:04d}{check}"
            if seen == skip + count:
                return


def write(path, count, skip=0):
    with open(path, "w", encoding="ascii") as file:
        file.write("bsn\n")
        file.writelines(f"{number}\n" for number in numbers(count, skip))
