"""Labels of another domain: what bank customers want."""

WANTS = {
    "card": """
        My debit card was swallowed by the machine outside the station
        I lost my card somewhere between the gym and home
        When will the replacement card arrive
        The chip on my card does not work in this shop any more
        Please block my card, somebody stole my wallet
        Can I choose the colour of the new credit card
        The card was declined at a petrol pump although there is money
        How do I activate a card that came by post
        My card expires in June, do I have to ask for another
        The cash machine kept my card and gave me nothing
        Is there a fee when I use the card abroad
        I want a second card for my husband
        Contactless payment with my card stopped yesterday
        I forgot the PIN of my card
        Raise the daily limit of my debit card
        There is a scratch across the number of my card
        My name is misspelt on the card
        Which of my two cards was charged by the hotel
        Unblock the card that I found under the sofa
        The new card does not fit the reader at work
    """,
    "transfer": """
        The transfer to my sister in Lima has not arrived after four days
        How long does money sent to another bank take
        I sent the rent twice by mistake, can you call one back
        What is the highest sum that I may transfer at once
        A standing order to my landlord failed this month
        Please cancel the transfer that I made ten minutes ago
        Money from my employer is missing from the account
        I typed the wrong account number into a transfer
        Do transfers run on Sundays
        Why was I charged for sending euros to Norway
        Send two hundred to my brother every Monday
        The recipient says that nothing has come in
        Which reference should a transfer to the tax office carry
        An incoming payment is shown as pending
        How do I transfer savings to my current account
        Somebody sent me money that is not mine
        Can a transfer be scheduled for the first of March
        I need a proof that the transfer was made
        Instant transfers fail in the app with an error
        The exchange rate of my transfer looks wrong
    """,
    "loan": """
        Can I borrow more for the house that we are building
        What is the rate of a loan for a used car
        I want to repay my mortgage early
        How many years may a student loan run
        My application for a loan was refused and I want to know why
        Is it possible to skip an instalment this winter
        Which papers do you need for a mortgage
        The monthly instalment of my loan went up without notice
        Can my mother guarantee the loan
        I would like to join two loans into one
        Does a loan hurt my credit score
        How much could we borrow on two salaries
        When is the last instalment of my loan due
        Fix the interest of our mortgage for ten years
        We are selling the flat, what happens with the mortgage
        Is there a loan for solar panels on a roof
        I lost my job and cannot pay the instalments
        What does early repayment of a loan cost
        The bank next door offers a cheaper mortgage, can you match it
        Pay out the second part of the building loan
    """,
    "none": """
        Good morning to everybody at the branch
        Thanks, that is all for today
        Lovely weather, is it not
        Are you a person or a machine
        Merry Christmas and a happy new year
        Sorry, wrong window
        My cat walked over the keyboard
        Have a nice weekend
    """,
}


def write_csv(folder):
    rows = [
        f'"{sentence.strip()}",{want}'
        for want, sentences in WANTS.items()
        for sentence in sentences.strip().splitlines()
    ]
    (folder / "intents").mkdir()
    (folder / "intents" / "wants.csv").write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
